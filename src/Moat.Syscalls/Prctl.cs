// SPDX-License-Identifier: Apache-2.0
using System;
using Moat.Abi;
using Moat.Abi.Prctl;
using Moat.Abi.Signals;
using Moat.Base;
using Moat.Kernel.Identity;
using Moat.Kernel.Tasks;
using Moat.Memory;
using Moat.Vfs;

namespace Moat.Syscalls;

/// <summary>prctl(2). Options that are not here answer EINVAL, as kernels without the feature do.</summary>
public static class Prctl
{
    private const int NameSize = 16;

    /// <summary>prctl(2).</summary>
    [Syscall("prctl")]
    public static SysResult Call(Task task, PrctlOption option, ulong a2, ulong a3, ulong a4, ulong a5)
    {
        switch (option)
        {
            case PrctlOption.SetName:
                return SetName(task, a2);
            case PrctlOption.GetName:
                Span<byte> name = stackalloc byte[NameSize];
                name.Clear();
                task.Name.CopyTo(name);
                return task.Memory.Write(a2, name);
            case PrctlOption.SetParentDeathSignal:
                if (a2 > 64)
                {
                    return Errno.EINVAL;
                }

                task.ParentDeathSignal = (Signal)a2;
                return 0;
            case PrctlOption.GetParentDeathSignal:
                return task.Memory.Write(a2, (int)task.ParentDeathSignal);
            case PrctlOption.GetTidAddress:
                return task.Memory.Write(a2, task.ClearChildTid);
            case PrctlOption.SetTimerSlack:
                task.Scheduling.TimerSlackNs = (long)a2 <= 0 ? task.Scheduling.DefaultTimerSlackNs : a2;
                return 0;
            case PrctlOption.GetTimerSlack:
                return Math.Min(task.Scheduling.TimerSlackNs, long.MaxValue);
            case PrctlOption.SetDumpable or PrctlOption.GetDumpable or PrctlOption.SetChildSubReaper
                or PrctlOption.GetChildSubReaper or PrctlOption.SetThpDisable
                or PrctlOption.GetThpDisable:
                return OnProcess(task, option, a2, a3 | a4 | a5);
            case >= PrctlOption.GetKeepCapabilities and <= PrctlOption.SetKeepCapabilities
                or >= PrctlOption.BoundingSetRead and <= PrctlOption.BoundingSetDrop
                or >= PrctlOption.GetSecureBits and <= PrctlOption.SetSecureBits
                or PrctlOption.SetNoNewPrivileges or PrctlOption.GetNoNewPrivileges
                or PrctlOption.CapabilityAmbient:
                return OnCredentials(task, option, a2, a3, a4, a5);
            default:
                return OnMachine(task, option, a2, a3, a4 | a5);
        }
    }

    private static SysResult OnProcess(Task task, PrctlOption option, ulong a2, ulong rest)
    {
        ThreadGroup process = task.Group;
        switch (option)
        {
            case PrctlOption.GetDumpable:
                return process.IsDumpable ? 1 : 0;
            case PrctlOption.SetDumpable:
                if (a2 > 1)
                {
                    return Errno.EINVAL;
                }

                process.IsDumpable = a2 == 1;
                return 0;
            case PrctlOption.SetChildSubReaper:
                process.IsSubreaper = a2 != 0;
                return 0;
            case PrctlOption.GetChildSubReaper:
                return task.Memory.Write(a2, process.IsSubreaper ? 1 : 0);
            case PrctlOption.SetThpDisable:
                if (rest != 0)
                {
                    return Errno.EINVAL;
                }

                process.DisablesHugePages = a2 != 0;
                return 0;
            default:
                return (a2 | rest) != 0 ? Errno.EINVAL : process.DisablesHugePages ? 1 : 0;
        }
    }

    private static SysResult OnCredentials(Task task, PrctlOption option, ulong a2, ulong a3, ulong a4,
        ulong a5)
    {
        Credentials mine = task.Credentials;
        switch (option)
        {
            case PrctlOption.GetKeepCapabilities:
                return (mine.SecureBits & (uint)Abi.Capabilities.SecureBits.KeepCapabilities) != 0 ? 1 : 0;
            case PrctlOption.SetKeepCapabilities:
                return Users.Commit(task, CapabilityRules.SetKeepCapabilities(mine, a2));
            case PrctlOption.GetSecureBits:
                return (long)mine.SecureBits;
            case PrctlOption.SetSecureBits:
                return Users.Commit(task, CapabilityRules.SetSecureBits(mine, a2));
            case PrctlOption.BoundingSetRead:
                return CapabilityRules.IsKnown(a2)
                    ? (long)(mine.Bounding >> (int)a2 & 1) : (SysResult)Errno.EINVAL;
            case PrctlOption.BoundingSetDrop:
                return Users.Commit(task, CapabilityRules.DropBounding(mine, a2));
            case PrctlOption.GetNoNewPrivileges:
                return (a2 | a3 | a4 | a5) != 0 ? Errno.EINVAL : mine.NoNewPrivileges ? 1 : 0;
            case PrctlOption.SetNoNewPrivileges:
                if (a2 != 1 || (a3 | a4 | a5) != 0)
                {
                    return Errno.EINVAL;
                }

                task.Credentials = mine with { NoNewPrivileges = true };
                return 0;
            default:
                return OnAmbient(task, a2, a3, a4 | a5);
        }
    }

    private static SysResult OnAmbient(Task task, ulong operation, ulong capability, ulong rest)
    {
        Credentials mine = task.Credentials;
        if (operation == 4)
        {
            return (capability | rest) != 0 ? Errno.EINVAL : Users.Commit(task, mine with { Ambient = 0 });
        }

        if (rest != 0 || !CapabilityRules.IsKnown(capability))
        {
            return Errno.EINVAL;
        }

        return operation switch
        {
            1 => (long)(mine.Ambient >> (int)capability & 1),
            2 => Users.Commit(task, CapabilityRules.RaiseAmbient(mine, capability)),
            3 => Users.Commit(task, CapabilityRules.LowerAmbient(mine, capability)),
            _ => Errno.EINVAL,
        };
    }

    // Options about the machine: what is asked for is answered truthfully, what cannot be had is refused.
    private static SysResult OnMachine(Task task, PrctlOption option, ulong a2, ulong a3, ulong rest)
    {
        switch (option)
        {
            case PrctlOption.GetSeccomp:
                return (int)task.SeccompMode;
            case PrctlOption.SetSeccomp:
                return Seccomp.SetMode(task, a2, a3);
            case PrctlOption.GetTiming or PrctlOption.DisablePerfEvents or PrctlOption.EnablePerfEvents:
                return 0;
            case PrctlOption.SetTiming:
                return a2 == 0 ? 0 : Errno.EINVAL;
            case PrctlOption.GetTimeStampCounter:
                return task.Memory.Write(a2, 1);
            case PrctlOption.SetTimeStampCounter:
                return a2 == 1 ? 0 : Errno.EINVAL;
            case PrctlOption.MachineCheckKill:
                return rest == 0 && ((a2 == 0 && a3 == 0) || (a2 == 1 && a3 <= 2)) ? 0 : Errno.EINVAL;
            case PrctlOption.MachineCheckKillGet:
                return (a2 | a3 | rest) == 0 ? 2 : (SysResult)Errno.EINVAL;
            case PrctlOption.SetMemoryMap or PrctlOption.SetIoFlusher or PrctlOption.GetIoFlusher:
                return task.Credentials.Has(Capability.SysResource) ? Errno.EINVAL : Errno.EPERM;
            case PrctlOption.GetSpeculationControl:
                // Speculation is on, and not this process's to control.
                return a2 <= 2 ? 2 : (SysResult)Errno.ENODEV;
            case PrctlOption.SetSpeculationControl:
                return a2 <= 2 ? Errno.ENXIO : Errno.ENODEV;
            case PrctlOption.SetSyscallUserDispatch or PrctlOption.SetMemoryDenyWriteExecute
                or PrctlOption.GetMemoryDenyWriteExecute or PrctlOption.SetMemoryMerge
                    or PrctlOption.GetMemoryMerge:
                return (a2 | a3 | rest) == 0 ? 0 : Errno.EINVAL;
            default:
                return Errno.EINVAL;
        }
    }

    private static SysResult SetName(Task task, ulong address)
    {
        // At most 15 bytes; a longer name is cut, not refused.
        Span<byte> buffer = stackalloc byte[NameSize];
        Result<int> found = task.Memory.ReadString(address, buffer[..(NameSize - 1)], Errno.ENAMETOOLONG);
        if (found.Error == Errno.EFAULT)
        {
            return Errno.EFAULT;
        }

        int length = found.IsOk ? found.Value : NameSize - 1;
        task.Name = buffer[..length].ToArray();
        return 0;
    }
}

// SPDX-License-Identifier: Apache-2.0
using Moat.Abi;
using Moat.Kernel.Tasks;
using Moat.Platform;
using Moat.Vfs;
using Moat.Vfs.Generated;

namespace Moat.FileSystems.Proc;

/// <summary>/proc/PID/syscall: the call that a sleeping task is in, for who may trace it.</summary>
internal sealed class CallFile(ProcContext context, Task task) : GeneratedFile(context.FileSystem, 0x100)
{
    public override bool IsCacheable => false;

    protected override (uint Uid, uint Gid) Owner => ProcessFile.OwnerOf(task);

    public override Errno Generate(Caller caller, ContentWriter writer)
    {
        if (task.Group.State is ProcessState.Zombie or ProcessState.Dead || task.HasLeft)
        {
            return Errno.ESRCH;
        }

        if (!TaskAccess.MayInspect((Task)caller, task))
        {
            return Errno.EPERM;
        }

        // Whoever reads its own is in a call: this one.
        if (task.IsRunnable && task != caller)
        {
            writer.Append("running\n");
            return Errno.Success;
        }

        GuestCall call = task.Call;
        (ulong stack, ulong instruction) = task == caller
            ? (task.Registers.Rsp, task.Registers.Rip) : task.GetSleepPlace();
        if (task.CurrentCall < 0)
        {
            writer.Append($"-1 0x{stack:x} 0x{instruction:x}\n");
            return Errno.Success;
        }

        writer.Append($"{task.CurrentCall} 0x{call.A0:x} 0x{call.A1:x} 0x{call.A2:x} 0x{call.A3:x}");
        writer.Append($" 0x{call.A4:x} 0x{call.A5:x} 0x{stack:x} 0x{instruction:x}\n");
        return Errno.Success;
    }
}

// SPDX-License-Identifier: Apache-2.0
using System;
using Moat.Abi;
using Moat.Abi.Capabilities;
using Moat.Base;
using Moat.Kernel.Identity;
using Moat.Kernel.Tasks;
using Moat.Memory;
using Moat.Vfs;

namespace Moat.Syscalls;

/// <summary>capget(2), capset(2).</summary>
public static class Capabilities
{
    /// <summary>capget(2).</summary>
    [Syscall("capget")]
    public static SysResult CapGet(Task task, [Input] GuestPtr<CapabilityHeader> header,
        GuestPtr<CapabilityData> data)
    {
        Errno error = ReadHeader(task, header, out CapabilityHeader head, out int count);
        if (error != Errno.Success || data.IsNull)
        {
            // A null data pointer asks for the version only.
            return data.IsNull && error == Errno.EINVAL ? 0 : error;
        }

        if (head.ProcessId < 0)
        {
            return Errno.EINVAL;
        }

        Task? target = head.ProcessId == 0 ? task : task.FindTask(head.ProcessId);
        if (target is null)
        {
            return Errno.ESRCH;
        }

        Credentials theirs = target.Credentials;
        Span<CapabilityData> halves =
        [
            new((uint)theirs.Effective, (uint)theirs.Permitted, (uint)theirs.Inheritable),
            new((uint)(theirs.Effective >> 32), (uint)(theirs.Permitted >> 32),
                (uint)(theirs.Inheritable >> 32)),
        ];
        return task.Memory.WriteArray<CapabilityData>(data.Address, halves[..count]);
    }

    /// <summary>capset(2).</summary>
    [Syscall("capset")]
    public static SysResult CapSet(Task task, [Input] GuestPtr<CapabilityHeader> header,
        GuestPtr<CapabilityData> data)
    {
        Errno error = ReadHeader(task, header, out CapabilityHeader head, out int count);
        if (error != Errno.Success)
        {
            return error;
        }

        if (head.ProcessId != 0 && head.ProcessId != task.OwnId)
        {
            return Errno.EPERM;
        }

        Span<CapabilityData> halves = stackalloc CapabilityData[2];
        halves.Clear();
        error = task.Memory.ReadArray(data.Address, halves[..count]);
        if (error != Errno.Success)
        {
            return error;
        }

        return Users.Commit(task, CapabilityRules.Set(
            task.Credentials,
            halves[0].Effective | (ulong)halves[1].Effective << 32,
            halves[0].Permitted | (ulong)halves[1].Permitted << 32,
            halves[0].Inheritable | (ulong)halves[1].Inheritable << 32));
    }

    private static Errno ReadHeader(
        Task task, GuestPtr<CapabilityHeader> header, out CapabilityHeader head, out int count)
    {
        count = 0;
        head = default;
        Errno error = task.Memory.Read(header.Address, out uint version);
        if (error != Errno.Success)
        {
            return error;
        }

        if (version
            is not (CapabilityHeader.Version1 or CapabilityHeader.Version2 or CapabilityHeader.Version3))
        {
            error = task.Memory.Write(header.Address, CapabilityHeader.Version3);
            return error != Errno.Success ? error : Errno.EINVAL;
        }

        count = version == CapabilityHeader.Version1 ? 1 : 2;
        return header.Read(task.Memory, out head);
    }
}

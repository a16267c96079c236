// SPDX-License-Identifier: Apache-2.0
using System;
using Moat.Abi;
using Moat.Abi.Fcntl;
using Moat.Base;
using Moat.Kernel.Tasks;
using Moat.Memory;
using Moat.Vfs;

namespace Moat.Syscalls;

/// <summary>Who a file's SIGIO is for, and which signal it is (fcntl(2)).</summary>
internal static class FileOwners
{
    internal static SysResult Control(Task task, OpenFile file, FcntlCommand command, ulong argument)
    {
        FileOwner owner = file.SignalOwner;
        switch (command)
        {
            case FcntlCommand.GetOwner:
                int shown = task.ShowProcess(owner.Id);
                return owner.Kind == FileOwnerKind.Group ? -shown : shown;
            case FcntlCommand.SetOwner:
                int id = (int)argument;
                return id == int.MinValue ? Errno.EINVAL : Set(
                    task, file, id < 0 ? FileOwnerKind.Group : FileOwnerKind.Process, Math.Abs(id));
            case FcntlCommand.GetOwnerEx:
                return new GuestPtr<OwnerWords>(argument).Write(
                    task.Memory, new OwnerWords((int)owner.Kind, task.ShowProcess(owner.Id)));
            case FcntlCommand.SetOwnerEx:
                Errno error = new GuestPtr<OwnerWords>(argument).Read(task.Memory, out OwnerWords given);
                return error != Errno.Success ? error
                    : (uint)given.Kind > (uint)FileOwnerKind.Group ? Errno.EINVAL
                    : Set(task, file, (FileOwnerKind)given.Kind, given.Id);
            case FcntlCommand.GetOwnerUids:
                return new GuestPtr<OwnerIds>(argument).Write(
                    task.Memory, new OwnerIds(task.ShowUid(owner.Uid), task.ShowUid(owner.EffectiveUid)));
            case FcntlCommand.GetSignal:
                return file.SignalNumber;
            default:
                if (argument > 64)
                {
                    return Errno.EINVAL;
                }

                file.SignalNumber = (int)argument;
                return 0;
        }
    }

    private static Errno Set(Task task, OpenFile file, FileOwnerKind kind, int id)
    {
        int known = id <= 0 ? 0 : task.ReadProcess(id);
        bool isThere = id == 0 || (known != 0 && kind switch
        {
            FileOwnerKind.Thread => task.Kernel.Tree.FindTask(known) is not null,
            FileOwnerKind.Process => task.Kernel.Tree.FindProcess(known) is not null
                || task.Kernel.Tree.FindTask(known) is not null,
            _ => task.Kernel.Tree.HasGroup(known),
        });
        if (!isThere)
        {
            return Errno.ESRCH;
        }

        Credentials own = task.Credentials;
        file.SignalOwner = new FileOwner(kind, known, own.Uid, own.EffectiveUid);
        return Errno.Success;
    }

    /// <summary>uid_t[2] of F_GETOWNER_UIDS.</summary>
    private readonly record struct OwnerIds(uint Uid, uint EffectiveUid);

    /// <summary>struct f_owner_ex.</summary>
    private readonly record struct OwnerWords(int Kind, int Id);
}

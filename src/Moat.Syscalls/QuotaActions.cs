// SPDX-License-Identifier: Apache-2.0
using System;
using Moat.Abi;
using Moat.Abi.Quotas;
using Moat.Base;
using Moat.Kernel.Tasks;
using Moat.Memory;
using Moat.Vfs.Namespaces;
using Moat.Vfs.Quotas;

namespace Moat.Syscalls;

/// <summary>The commands of quotactl(2), for a file system with quotas.</summary>
internal static class QuotaActions
{
    private const int BlockShift = 10;

    /// <summary>True for what needs a mount that may be written to: for Linux, that is most.</summary>
    internal static bool IsWrite(QuotaCommand command) =>
        command is not (QuotaCommand.GetFormat or QuotaCommand.GetInfo or QuotaCommand.Sync);

    /// <summary>Everybody may ask for what holds for all and for one's own figures.</summary>
    internal static Errno Check(Task task, QuotaCommand command, QuotaType type, uint id)
    {
        if (command is QuotaCommand.GetFormat or QuotaCommand.Sync or QuotaCommand.GetInfo)
        {
            return Errno.Success;
        }

        uint own = id;
        bool isOwn = command == QuotaCommand.GetQuota && (type == QuotaType.User
            ? task.TryReadUid(ref own) && own == task.Credentials.EffectiveUid
            : task.TryReadGid(ref own) && IsEffectiveGroup(task, own));
        return isOwn || task.Credentials.Has(Capability.SysAdmin) ? Errno.Success : Errno.EPERM;
    }

    /// <summary>Does what a command says.</summary>
    internal static SysResult Run(
        Task task, IQuotas quotas, QuotaCommand command, QuotaType type, uint id, GuestBuffer data)
    {
        switch (command)
        {
            case QuotaCommand.Sync:
                return 0;
            case QuotaCommand.On:
                return quotas.Enforce(type, true);
            case QuotaCommand.Off:
                return quotas.Enforce(type, false);
            case QuotaCommand.GetFormat:
                return Write(task, data, (uint)quotas.Format);
            case QuotaCommand.GetInfo:
                QuotaInfo info = quotas.GetInfo(type);
                return Write(task, data, new QuotaInformation
                {
                    SpaceGrace = (ulong)info.SpaceGrace, InodeGrace = (ulong)info.InodeGrace,
                    Flags = QuotaInformation.SystemFile, Valid = QuotaInformation.AllValid,
                });
            case QuotaCommand.SetInfo:
                return SetInfo(task, quotas, type, data);
            case QuotaCommand.GetQuota:
                return TryId(task, type, ref id)
                    ? Write(task, data, Describe(quotas.Get(type, id))) : Errno.EINVAL;
            case QuotaCommand.GetNextQuota:
                return GetNext(task, quotas, type, id, data);
            case QuotaCommand.SetQuota:
                return Set(task, quotas, type, id, data);
            default:
                return Errno.EINVAL;
        }
    }

    private static SysResult GetNext(Task task, IQuotas quotas, QuotaType type, uint id, GuestBuffer data)
    {
        if (!TryId(task, type, ref id))
        {
            return Errno.EINVAL;
        }

        if (!quotas.Next(type, id).TryGet(out uint next, out Errno error))
        {
            return error;
        }

        QuotaBlock block = Describe(quotas.Get(type, next));
        UserNamespace space = task.Credentials.Space;
        block.Id = space.IsInitial ? next
            : (type == QuotaType.User ? space.Uids : space.Gids).Show(next);
        return Write(task, data, block);
    }

    private static SysResult Set(Task task, IQuotas quotas, QuotaType type, uint id, GuestBuffer data)
    {
        if (!Read(task, data, out QuotaBlock block))
        {
            return Errno.EFAULT;
        }

        if (!TryId(task, type, ref id))
        {
            return Errno.EINVAL;
        }

        var change = (QuotaChange)block.Valid & QuotaChange.All;
        ulong mostBlocks = (ulong)long.MaxValue >> BlockShift;
        bool isTooMuch = ((change & QuotaChange.SpaceLimits) != 0
                && Math.Max(block.SpaceHard, block.SpaceSoft) > mostBlocks)
            || ((change & QuotaChange.InodeLimits) != 0
                && Math.Max(block.InodesHard, block.InodesSoft) > long.MaxValue);
        if (isTooMuch)
        {
            return Errno.ERANGE;
        }

        return quotas.Set(type, id, change, new QuotaFigures
        {
            Space = Clamp(block.Space), SpaceHard = Clamp(block.SpaceHard << BlockShift),
            SpaceSoft = Clamp(block.SpaceSoft << BlockShift), SpaceTime = Clamp(block.SpaceTime),
            Inodes = Clamp(block.Inodes), InodesHard = Clamp(block.InodesHard),
            InodesSoft = Clamp(block.InodesSoft), InodesTime = Clamp(block.InodesTime),
        });
    }

    private static SysResult SetInfo(Task task, IQuotas quotas, QuotaType type, GuestBuffer data)
    {
        if (!Read(task, data, out QuotaInformation wanted))
        {
            return Errno.EFAULT;
        }

        bool isKnown = (wanted.Valid & ~QuotaInformation.AllValid) == 0
            && ((wanted.Valid & QuotaInformation.FlagsValid) == 0 || wanted.Flags == 0);
        if (!isKnown)
        {
            // Root squash is for the oldest format only.
            return Errno.EINVAL;
        }

        QuotaInfo info = quotas.GetInfo(type);
        info = (wanted.Valid & QuotaInformation.SpaceGraceValid) != 0
            ? info with { SpaceGrace = Clamp(wanted.SpaceGrace) } : info;
        info = (wanted.Valid & QuotaInformation.InodeGraceValid) != 0
            ? info with { InodeGrace = Clamp(wanted.InodeGrace) } : info;
        quotas.SetInfo(type, info);
        return 0;
    }

    private static QuotaBlock Describe(in QuotaFigures figures) => new()
    {
        SpaceHard = InBlocks(figures.SpaceHard), SpaceSoft = InBlocks(figures.SpaceSoft),
        Space = (ulong)figures.Space, InodesHard = (ulong)figures.InodesHard,
        InodesSoft = (ulong)figures.InodesSoft, Inodes = (ulong)figures.Inodes,
        SpaceTime = (ulong)figures.SpaceTime, InodesTime = (ulong)figures.InodesTime,
        Valid = (uint)QuotaChange.All,
    };

    private static bool IsEffectiveGroup(Task task, uint gid) => task.Credentials.EffectiveGid == gid
        || Array.BinarySearch(task.Credentials.Groups, gid) >= 0;

    private static ulong InBlocks(long bytes) => ((ulong)bytes + (1 << BlockShift) - 1) >> BlockShift;

    // Half of what there is, so that sums and times never overflow.
    private static long Clamp(ulong value) => (long)Math.Min(value, long.MaxValue / 2);

    private static bool TryId(Task task, QuotaType type, ref uint id) =>
        id != IdMap.Invalid && (type == QuotaType.User ? task.TryReadUid(ref id) : task.TryReadGid(ref id));

    private static bool Read<T>(Task task, GuestBuffer data, out T value)
        where T : unmanaged => task.Memory.Read(data.Address, out value) == Errno.Success;

    private static SysResult Write<T>(Task task, GuestBuffer data, T value)
        where T : unmanaged => task.Memory.Write(data.Address, in value);
}

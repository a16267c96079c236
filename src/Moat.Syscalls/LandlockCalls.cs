// SPDX-License-Identifier: Apache-2.0
using System;
using System.Buffers.Binary;
using Moat.Abi;
using Moat.Abi.Landlock;
using Moat.Base;
using Moat.Kernel.Identity;
using Moat.Kernel.Tasks;
using Moat.Memory;
using Moat.Vfs;
using Moat.Vfs.Landlock;

namespace Moat.Syscalls;

/// <summary>landlock_create_ruleset(2), landlock_add_rule(2), landlock_restrict_self(2).</summary>
public static class LandlockCalls
{
    private const int Abi = 3;
    private const uint VersionFlag = 1;
    private const int PathBeneath = 1;
    private const int AttributeBytes = 8;
    private const int RuleBytes = 12;
    private const int LargestAttribute = 4096;

    /// <summary>landlock_create_ruleset(2): a ruleset, or the ABI's version.</summary>
    [Syscall("landlock_create_ruleset")]
    public static SysResult CreateRuleset(Task task, GuestBuffer attributes, ulong size, uint flags)
    {
        if (flags != 0)
        {
            return flags == VersionFlag && attributes.IsNull && size == 0 ? Abi : Errno.EINVAL;
        }

        if (attributes.IsNull)
        {
            return Errno.EFAULT;
        }

        if (size < AttributeBytes)
        {
            return Errno.EINVAL;
        }

        if (size > LargestAttribute)
        {
            return Errno.E2BIG;
        }

        Span<byte> given = stackalloc byte[LargestAttribute];
        given = given[..(int)size];
        Errno error = task.Memory.Read(attributes.Address, given);
        if (error != Errno.Success)
        {
            return error;
        }

        if (given[AttributeBytes..].ContainsAnyExcept((byte)0))
        {
            return Errno.E2BIG;
        }

        var handled = (LandlockAccess)BinaryPrimitives.ReadUInt64LittleEndian(given);
        if ((handled & ~LandlockAccess.All) != 0)
        {
            return Errno.EINVAL;
        }

        return handled == 0 ? Errno.ENOMSG : task.Files.Install(
            new LandlockRuleset(task, BudgetOf(task), handled), closeOnExec: true);
    }

    /// <summary>landlock_add_rule(2).</summary>
    [Syscall("landlock_add_rule")]
    public static SysResult AddRule(Task task, int fd, int type, GuestBuffer attributes, uint flags)
    {
        if (flags != 0)
        {
            return Errno.EINVAL;
        }

        using FileReference reference = task.Files.Borrow(fd);
        if (reference.File is not LandlockRuleset ruleset)
        {
            return reference.File is null ? Errno.EBADF : Errno.EBADFD;
        }

        if (type != PathBeneath)
        {
            return Errno.EINVAL;
        }

        Span<byte> given = stackalloc byte[RuleBytes];
        Errno error = task.Memory.Read(attributes.Address, given);
        if (error != Errno.Success)
        {
            return error;
        }

        var allowed = (LandlockAccess)BinaryPrimitives.ReadUInt64LittleEndian(given);
        if (allowed == 0 || (allowed & ~ruleset.Handled) != 0)
        {
            return allowed == 0 ? Errno.ENOMSG : Errno.EINVAL;
        }

        int parent = BinaryPrimitives.ReadInt32LittleEndian(given[AttributeBytes..]);
        using FileReference beneath = task.Files.BorrowAny(parent);
        if (beneath.File is not { } file)
        {
            return Errno.EBADF;
        }

        return file.Location is { Mount.IsInternal: false, Dentry.AnonymousName: null } place
            ? ruleset.Allow(place, allowed) : Errno.EBADFD;
    }

    /// <summary>landlock_restrict_self(2).</summary>
    [Syscall("landlock_restrict_self")]
    public static SysResult RestrictSelf(Task task, int fd, uint flags)
    {
        Credentials mine = task.Credentials;
        if (!mine.NoNewPrivileges && !mine.HasOwn(Capability.SysAdmin))
        {
            return Errno.EPERM;
        }

        if (flags != 0)
        {
            return Errno.EINVAL;
        }

        using FileReference reference = task.Files.Borrow(fd);
        if (reference.File is not LandlockRuleset ruleset)
        {
            return reference.File is null ? Errno.EBADF : Errno.EBADFD;
        }

        if (!ruleset.Restrict(mine).TryGet(out Credentials? changed, out Errno error))
        {
            return error;
        }

        CredentialChange.Commit(task, changed);
        return 0;
    }

    private static CollectedBudget BudgetOf(Task task) =>
        task.FileSystem.Root.Mount.FileSystem.Vfs.LandlockBudget;
}

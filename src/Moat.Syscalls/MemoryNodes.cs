// SPDX-License-Identifier: Apache-2.0
using Moat.Abi;
using Moat.Base;
using Moat.Kernel.Tasks;
using Moat.Memory;

namespace Moat.Syscalls;

/// <summary>
/// move_pages(2), migrate_pages(2), set_mempolicy_home_node(2): there is one node, so that nothing moves.
/// </summary>
public static class MemoryNodes
{
    private const int Move = 2;
    private const int MoveAll = 4;
    private const ulong MaxNodes = 1024;
    private const ulong MostNodeBits = 4096 * 8;

    /// <summary>move_pages(2): where pages are; moved to node 0, that they are there.</summary>
    [Syscall("move_pages")]
    public static SysResult MovePages(
        Task task, int pid, ulong count, GuestPtr<ulong> pages, GuestPtr<int> nodes, GuestPtr<int> status,
        int flags)
    {
        if ((flags & ~(Move | MoveAll)) != 0)
        {
            return Errno.EINVAL;
        }

        if ((flags & MoveAll) != 0 && !task.Credentials.Has(Capability.SysNice))
        {
            return Errno.EPERM;
        }

        Errno error = FindTarget(task, pid, out Task? target);
        if (target is null)
        {
            return error;
        }

        for (ulong i = 0; i < count; i++)
        {
            error = pages.At(i).Read(task.Memory, out ulong page);
            int node = 0;
            error = error == Errno.Success && !nodes.IsNull ? nodes.At(i).Read(task.Memory, out node) : error;
            if (error == Errno.Success && node != 0)
            {
                error = Errno.ENODEV;
            }

            error = error == Errno.Success ? Tell(task, target, page, status.At(i)) : error;
            if (error != Errno.Success)
            {
                return error;
            }

            if (task.Group.IsExiting)
            {
                return Errno.EINTR;
            }
        }

        return 0;
    }

    /// <summary>migrate_pages(2): EINVAL where the only node is not among the new ones.</summary>
    [Syscall("migrate_pages")]
    public static SysResult MigratePages(
        Task task, int pid, ulong nodeCount, GuestPtr<ulong> from, GuestPtr<ulong> to)
    {
        Errno error = ReadNodes(task, from, nodeCount, out _, out _);
        bool hasNode = false;
        bool beyond = false;
        error = error == Errno.Success ? ReadNodes(task, to, nodeCount, out hasNode, out beyond) : error;
        error = error == Errno.Success ? FindTarget(task, pid, out _) : error;
        if (error != Errno.Success)
        {
            return error;
        }

        bool isPrivileged = task.Credentials.Has(Capability.SysNice);
        return beyond && !isPrivileged ? Errno.EPERM : hasNode ? 0 : Errno.EINVAL;
    }

    /// <summary>set_mempolicy_home_node(2): ENOENT, since no mapping has a policy of its own.</summary>
    [Syscall("set_mempolicy_home_node")]
    public static SysResult SetHomeNode(Task task, ulong address, ulong length, ulong node, ulong flags)
    {
        ulong bytes = AddressSpaceLimits.PageUp(length);
        return !AddressSpaceLimits.IsPageAligned(address) || flags != 0 || node != 0
            || address + bytes < address ? Errno.EINVAL : bytes == 0 ? 0 : Errno.ENOENT;
    }

    private static Errno FindTarget(Task task, int pid, out Task? target)
    {
        target = pid == 0 ? task : task.FindTask(pid);
        if (target is null)
        {
            return Errno.ESRCH;
        }

        bool may = TaskAccess.MayInspect(task, target);
        target = may ? target : null;
        return may ? Errno.Success : Errno.EPERM;
    }

    // What the host says of a page of one's own goes through the place where the answer will be; of others
    // it is known only what is mapped.
    private static Errno Tell(Task task, Task target, ulong page, GuestPtr<int> status)
    {
        page &= ~(AddressSpaceLimits.PageSize - 1);
        Errno answer = target.AddressSpace.Find(page) is null ? Errno.EFAULT : Errno.Success;
        if (answer == Errno.Success && target.Mm == task.Mm)
        {
            Errno error = task.AddressSpace.GetResidency(
                task.Orders, page, AddressSpaceLimits.PageSize, status.Address);
            int told = 0;
            error = error == Errno.Success ? status.Read(task.Memory, out told) : error;
            if (error != Errno.Success)
            {
                return Errno.EFAULT;
            }

            answer = (told & 1) == 0 ? Errno.ENOENT : Errno.Success;
        }

        return status.Write(task.Memory, -(int)answer);
    }

    private static Errno ReadNodes(
        Task task, GuestPtr<ulong> nodes, ulong count, out bool hasNode, out bool beyond)
    {
        hasNode = false;
        beyond = false;
        if (count - 1 > MostNodeBits && count != 0)
        {
            return Errno.EINVAL;
        }

        ulong bits = count == 0 || nodes.IsNull ? 0 : count - 1;
        for (ulong at = 0; at < bits; at += 64)
        {
            Errno error = nodes.At(at / 64).Read(task.Memory, out ulong word);
            if (error != Errno.Success)
            {
                return error;
            }

            word &= bits - at < 64 ? (1UL << (int)(bits - at)) - 1 : ulong.MaxValue;
            if (at >= MaxNodes && word != 0)
            {
                return Errno.EINVAL;
            }

            hasNode |= at == 0 && (word & 1) != 0;
            beyond |= (at == 0 ? word & ~1UL : word) != 0;
        }

        return Errno.Success;
    }
}

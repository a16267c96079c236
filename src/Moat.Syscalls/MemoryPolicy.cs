// SPDX-License-Identifier: Apache-2.0
using Moat.Abi;
using Moat.Base;
using Moat.Kernel.Tasks;
using Moat.Memory;

namespace Moat.Syscalls;

/// <summary>
/// set_mempolicy(2), get_mempolicy(2), mbind(2): the guest has one memory node, as it sees in /sys.
/// </summary>
/// <remarks>
/// With one node every policy means the same; they are checked as Linux checks them, and kept nowhere.
/// </remarks>
public static class MemoryPolicy
{
    private const int Default = 0;
    private const int Preferred = 1;
    private const int Local = 4;
    private const int Highest = 6;
    private const int ModeFlags = 0xe000;
    private const ulong QueryNode = 1;
    private const ulong QueryAddress = 2;
    private const ulong QueryAllowed = 4;
    private const ulong BindFlags = 7;
    private const uint MoveAll = 4;
    private const ulong MaxNodes = 1024;

    /// <summary>set_mempolicy(2).</summary>
    [Syscall("set_mempolicy")]
    public static SysResult Set(Task task, int mode, GuestPtr<ulong> nodes, ulong nodeCount) =>
        Check(task, mode, nodes, nodeCount);

    /// <summary>mbind(2).</summary>
    [Syscall("mbind")]
    public static SysResult Bind(
        Task task, ulong address, ulong length, int mode, GuestPtr<ulong> nodes, ulong nodeCount, uint flags)
    {
        if ((flags & ~BindFlags) != 0 || !AddressSpaceLimits.IsPageAligned(address)
            || address + AddressSpaceLimits.PageUp(length) < address)
        {
            return Errno.EINVAL;
        }

        Errno error = Check(task, mode, nodes, nodeCount);
        if (error == Errno.Success && (flags & MoveAll) != 0 && !task.Credentials.Has(Capability.SysNice))
        {
            return Errno.EPERM;
        }

        return error != Errno.Success || length == 0 || task.AddressSpace.Find(address) is not null
            ? error
            : Errno.EFAULT;
    }

    /// <summary>get_mempolicy(2): the default policy, and node 0 wherever a node is asked for.</summary>
    [Syscall("get_mempolicy")]
    public static SysResult Get(
        Task task, GuestPtr<int> mode, GuestPtr<ulong> nodes, ulong nodeCount, ulong address, ulong flags)
    {
        bool byAddress = (flags & QueryAddress) != 0;
        bool allowed = (flags & QueryAllowed) != 0;
        if ((flags & ~(QueryNode | QueryAddress | QueryAllowed)) != 0
            || (!nodes.IsNull && (nodeCount == 0 || nodeCount > MaxNodes * 8))
            || (allowed && (flags & (QueryNode | QueryAddress)) != 0) || (!byAddress && address != 0)
            || (flags & (QueryNode | QueryAddress)) == QueryNode)
        {
            return Errno.EINVAL;
        }

        if (byAddress && task.AddressSpace.Find(address) is null)
        {
            return Errno.EFAULT;
        }

        Errno error = mode.IsNull ? Errno.Success : mode.Write(task.Memory, Default);
        if (error != Errno.Success || nodes.IsNull)
        {
            return error;
        }

        var mask = new ulong[(nodeCount + 63) / 64];
        mask[0] = allowed ? 1UL : 0;
        return task.Memory.WriteArray<ulong>(nodes.Address, mask);
    }

    private static Errno Check(Task task, int mode, GuestPtr<ulong> nodes, ulong nodeCount)
    {
        int policy = mode & ~ModeFlags;
        if (policy is < 0 or > Highest || nodeCount > MaxNodes * 8)
        {
            return Errno.EINVAL;
        }

        ulong mask = 0;
        bool beyond = false;
        ulong words = nodes.IsNull ? 0 : (nodeCount + 62) / 64;
        for (ulong i = 0; i < words; i++)
        {
            Errno error = task.Memory.Read(nodes.Address + (i * sizeof(ulong)), out ulong word);
            if (error != Errno.Success)
            {
                return error;
            }

            mask |= i == 0 ? word & 1 : 0;
            beyond |= (i == 0 ? word & ~1UL : word) != 0;
        }

        bool mustBeEmpty = policy is Default or Local;
        bool mayBeEmpty = mustBeEmpty || policy == Preferred;
        bool empty = mask == 0 && !beyond;
        return (mustBeEmpty && !empty) || (!mayBeEmpty && mask == 0) ? Errno.EINVAL : Errno.Success;
    }
}

// SPDX-License-Identifier: Apache-2.0
using Moat.Abi;
using Moat.Vfs.Locks;
using Xunit;

namespace Moat.Vfs.Tests;

/// <summary>Record locks as fcntl_locking(2) describes them.</summary>
public sealed class RecordLockTests
{
    private readonly FileLocks _locks = new();
    private readonly object _first = new();
    private readonly object _second = new();

    [Fact]
    public void Shared_locks_coexist_and_exclusive_ones_do_not()
    {
        Assert.Equal(Errno.Success, Set(_first, LockMode.Shared, 0, 99));
        Assert.Equal(Errno.Success, Set(_second, LockMode.Shared, 50, 149));
        Assert.Equal(Errno.EAGAIN, Set(_first, LockMode.Exclusive, 60, 60));
        Assert.Equal(Errno.Success, Set(_first, LockMode.Exclusive, 0, 49));
        Assert.Equal(Errno.EAGAIN, Set(_second, LockMode.Shared, 49, 49));
    }

    [Fact]
    public void Unlocking_the_middle_splits()
    {
        Set(_first, LockMode.Exclusive, 0, long.MaxValue);
        Set(_first, LockMode.None, 100, 199);
        Assert.Equal(Errno.Success, Set(_second, LockMode.Exclusive, 100, 199));
        Assert.Equal(Errno.EAGAIN, Set(_second, LockMode.Exclusive, 99, 99));
        Assert.Equal(Errno.EAGAIN, Set(_second, LockMode.Exclusive, 200, 200));
        Assert.True(_locks.TryFindConflict(Lock(_second, LockMode.Shared, 300, 300), out RangeLock conflict));
        Assert.Equal((200, long.MaxValue), (conflict.Start, conflict.End));
    }

    [Fact]
    public void Neighbours_merge_and_converted_parts_split()
    {
        Set(_first, LockMode.Shared, 0, 9);
        Set(_first, LockMode.Shared, 10, 19);
        Assert.True(_locks.TryFindConflict(Lock(_second, LockMode.Exclusive, 5, 5), out RangeLock merged));
        Assert.Equal((0, 19), (merged.Start, merged.End));
        Set(_first, LockMode.Exclusive, 5, 14);
        Assert.Equal(Errno.Success, Set(_second, LockMode.Shared, 0, 4));
        Assert.Equal(Errno.EAGAIN, Set(_second, LockMode.Shared, 4, 5));
        Assert.Equal(Errno.Success, Set(_second, LockMode.Shared, 15, 19));
    }

    [Fact]
    public void An_owner_that_goes_takes_its_locks_along()
    {
        Set(_first, LockMode.Exclusive, 0, 10);
        Assert.Equal(Errno.EAGAIN, Set(_second, LockMode.Exclusive, 0, 10));
        _locks.ReleaseOwner(_first);
        Assert.Equal(Errno.Success, Set(_second, LockMode.Exclusive, 0, 10));
    }

    private static RangeLock Lock(object owner, LockMode mode, long start, long end) =>
        new(owner, 1, mode, start, end);

    private Errno Set(object owner, LockMode mode, long start, long end) =>
        _locks.SetRange(Lock(owner, mode, start, end));
}

// SPDX-License-Identifier: Apache-2.0
using System;
using System.Numerics;
using System.Threading;
using Moat.Abi;
using Moat.Base;

namespace Moat.Vfs;

/// <summary>A descriptor table (struct files_struct); shared by CLONE_FILES.</summary>
/// <remarks>
/// Locks: changes take a lock of rank <see cref="LockRank.FdTable"/>; lookups take none.
/// Invariants: a descriptor's bit in the used map is set when it is open or reserved; the table holds one
/// reference on every file in it; files are closed and released outside the lock.
/// </remarks>
public sealed class FdTable
{
    /// <summary>The highest number of descriptors a table may ever have (fs.nr_open's default).</summary>
    public const int MaximumLimit = 1 << 20;

    private const int InitialSize = 64;

    private readonly RankedLock _lock = new(LockRank.FdTable);
    private OpenFile?[] _files = new OpenFile?[InitialSize];
    private ulong[] _used = new ulong[InitialSize / 64];
    private ulong[] _closeOnExec = new ulong[InitialSize / 64];
    private int _firstFree;
    private int _openCount;
    private int _users = 1;
    private int _limit = 1024;
    private bool _isDead;

    /// <summary>
    /// The soft RLIMIT_NOFILE of the process: descriptors at or above it are not given out.
    /// </summary>
    public int Limit
    {
        get => Volatile.Read(ref _limit);
        set => Volatile.Write(ref _limit, Math.Clamp(value, 0, MaximumLimit));
    }

    /// <summary>How many descriptors are open or reserved.</summary>
    public int OpenCount => Volatile.Read(ref _openCount);

    /// <summary>How many slots exist (FDSize in /proc/PID/status).</summary>
    public int Capacity => Volatile.Read(ref _files).Length;

    /// <summary>How many processes share the table.</summary>
    public int UserCount => Volatile.Read(ref _users);

    /// <summary>Another process shares the table (CLONE_FILES).</summary>
    public void AddUser() => Interlocked.Increment(ref _users);

    /// <summary>A process is done with the table; the last one closes everything in it.</summary>
    public void RemoveUser(Caller caller)
    {
        if (Interlocked.Decrement(ref _users) == 0)
        {
            // Requests in this table's name may still open files.
            using (_lock.Enter())
            {
                _isDead = true;
            }

            CloseRange(caller, 0, int.MaxValue);
        }
    }

    /// <summary>
    /// The file of a descriptor for the time of a call; none for O_PATH descriptors, as for most calls.
    /// </summary>
    public FileReference Borrow(int fd)
    {
        OpenFile? file = Acquire(fd);
        if (file is not null && (file.Flags & OpenFlags.Path) != 0)
        {
            file.Release();
            file = null;
        }

        return new FileReference(file);
    }

    /// <summary>The same, O_PATH descriptors too: for fstat, dup, fcntl, the *at calls.</summary>
    public FileReference BorrowAny(int fd) => new(Acquire(fd));

    /// <summary>
    /// Like <see cref="Borrow"/>, as a result: EBADF, or a file that the caller must release.
    /// </summary>
    public Result<OpenFile> Get(int fd) => Borrow(fd).File is { } file ? file : Errno.EBADF;

    /// <summary>Puts a file on the lowest free descriptor from <paramref name="minimum"/> on.</summary>
    /// <returns>
    /// The descriptor, or EMFILE. The caller's reference is taken over; after an error it is released.
    /// </returns>
    public Result<int> Install(OpenFile file, bool closeOnExec, int minimum = 0)
    {
        Result<int> reserved = Reserve(closeOnExec, minimum);
        if (!reserved.TryGet(out int fd, out Errno error))
        {
            file.Release();
            return error;
        }

        Publish(fd, file);
        return fd;
    }

    /// <summary>
    /// Takes the lowest free descriptor without opening it yet: lookups fail until <see cref="Publish"/>.
    /// </summary>
    public Result<int> Reserve(bool closeOnExec, int minimum = 0)
    {
        using (_lock.Enter())
        {
            int fd = FindFreeLocked(minimum);
            if (_isDead || fd >= Limit)
            {
                return _isDead ? Errno.EBADF : Errno.EMFILE;
            }

            GrowLocked(fd);
            MarkLocked(fd, used: true, closeOnExec);
            return fd;
        }
    }

    /// <summary>Opens a reserved descriptor. The caller's reference is taken over, also in a dead table.
    /// </summary>
    public void Publish(int fd, OpenFile file)
    {
        using (_lock.Enter())
        {
            if (!_isDead)
            {
                Volatile.Write(ref _files[fd], file);
                return;
            }
        }

        file.Release();
    }

    /// <summary>Gives a reserved descriptor back.</summary>
    public void CancelReservation(int fd)
    {
        using (_lock.Enter())
        {
            MarkLocked(fd, used: false, closeOnExec: false);
        }
    }

    /// <summary>dup2(2): puts a file on a given descriptor, closing what was there.</summary>
    /// <returns>The descriptor, EBADF beyond the limit, EBUSY while another thread opens that descriptor. The
    /// caller's reference is taken over; after an error it is released.</returns>
    public Result<int> Replace(Caller caller, int fd, OpenFile file, bool closeOnExec)
    {
        OpenFile? old;
        Errno error = Errno.Success;
        using (_lock.Enter())
        {
            old = null;
            if (_isDead || (uint)fd >= (uint)Limit)
            {
                error = Errno.EBADF;
            }
            else
            {
                GrowLocked(fd);
                old = _files[fd];
                if (old is null && IsSet(_used, fd))
                {
                    error = Errno.EBUSY;
                }
                else
                {
                    MarkLocked(fd, used: true, closeOnExec);
                    Volatile.Write(ref _files[fd], file);
                }
            }
        }

        if (error != Errno.Success)
        {
            file.Release();
            return error;
        }

        _ = Discard(caller, old);
        return fd;
    }

    /// <summary>close(2): EBADF when it is not open.</summary>
    public Errno Close(Caller caller, int fd)
    {
        OpenFile? file;
        using (_lock.Enter())
        {
            file = TakeLocked(fd);
        }

        return file is null ? Errno.EBADF : Discard(caller, file);
    }

    /// <summary>Closes every open descriptor of the range, both ends included.</summary>
    public void CloseRange(Caller caller, int first, int last)
    {
        for (int fd = NextOpen(first); fd >= 0 && fd <= last; fd = NextOpen(fd + 1))
        {
            _ = Close(caller, fd);
        }
    }

    /// <summary>execve(2): closes the descriptors marked close-on-exec.</summary>
    public void CloseMarked(Caller caller)
    {
        for (int fd = NextOpen(0); fd >= 0; fd = NextOpen(fd + 1))
        {
            OpenFile? file = null;
            using (_lock.Enter())
            {
                if (IsSet(_closeOnExec, fd))
                {
                    file = TakeLocked(fd);
                }
            }

            _ = Discard(caller, file);
        }
    }

    /// <summary>The lowest open descriptor from <paramref name="from"/> on, or -1.</summary>
    public int NextOpen(int from)
    {
        OpenFile?[] files = Volatile.Read(ref _files);
        for (int fd = Math.Max(from, 0); fd < files.Length; fd++)
        {
            if (Volatile.Read(ref files[fd]) is not null)
            {
                return fd;
            }
        }

        return -1;
    }

    /// <summary>F_GETFD: whether the descriptor closes on exec; EBADF when it is not open.</summary>
    public Result<bool> GetCloseOnExec(int fd)
    {
        using (_lock.Enter())
        {
            return (uint)fd < (uint)_files.Length && _files[fd] is not null
                ? IsSet(_closeOnExec, fd) : Errno.EBADF;
        }
    }

    /// <summary>F_SETFD.</summary>
    public Errno SetCloseOnExec(int fd, bool closeOnExec)
    {
        using (_lock.Enter())
        {
            if ((uint)fd >= (uint)_files.Length || _files[fd] is null)
            {
                return Errno.EBADF;
            }

            MarkLocked(fd, used: true, closeOnExec);
            return Errno.Success;
        }
    }

    /// <summary>Marks every open descriptor of the range close-on-exec (CLOSE_RANGE_CLOEXEC).</summary>
    public void SetCloseOnExecRange(int first, int last)
    {
        for (int fd = NextOpen(first); fd >= 0 && fd <= last; fd = NextOpen(fd + 1))
        {
            _ = SetCloseOnExec(fd, true);
        }
    }

    /// <summary>A copy for a forked process: the same open files, on the same descriptors.</summary>
    public FdTable Clone()
    {
        var copy = new FdTable { Limit = Limit };
        using (_lock.Enter())
        {
            copy._files = new OpenFile?[_files.Length];
            copy._used = new ulong[_used.Length];
            copy._closeOnExec = new ulong[_used.Length];
            for (int fd = 0; fd < _files.Length; fd++)
            {
                if (_files[fd] is { } file)
                {
                    file.AddReference();
                    copy._files[fd] = file;
                    copy.MarkLocked(fd, used: true, IsSet(_closeOnExec, fd));
                }
            }
        }

        return copy;
    }

    private OpenFile? Acquire(int fd)
    {
        // A closed file's object stays memory, so a failed attempt only says that the slot has changed
        // meanwhile.
        while (true)
        {
            OpenFile?[] files = Volatile.Read(ref _files);
            OpenFile? file = (uint)fd < (uint)files.Length ? Volatile.Read(ref files[fd]) : null;
            if (file is null || file.TryAddReference())
            {
                return file;
            }
        }
    }

    private static Errno Discard(Caller caller, OpenFile? file)
    {
        Errno error = file?.OnDescriptorClosed(caller) ?? Errno.Success;
        file?.Release();
        return error;
    }

    private OpenFile? TakeLocked(int fd)
    {
        if ((uint)fd >= (uint)_files.Length || _files[fd] is not { } file)
        {
            return null;
        }

        Volatile.Write(ref _files[fd], null);
        MarkLocked(fd, used: false, closeOnExec: false);
        return file;
    }

    private int FindFreeLocked(int minimum)
    {
        int start = Math.Max(minimum, _firstFree);
        for (int word = start >> 6; word < _used.Length; word++)
        {
            ulong free = ~_used[word];
            if (word == start >> 6)
            {
                free &= ulong.MaxValue << (start & 63);
            }

            if (free != 0)
            {
                return (word << 6) + BitOperations.TrailingZeroCount(free);
            }
        }

        return Math.Max(start, _files.Length);
    }

    private void GrowLocked(int fd)
    {
        if (fd < _files.Length)
        {
            return;
        }

        int size = (int)BitOperations.RoundUpToPowerOf2((uint)fd + 1);
        var files = new OpenFile?[size];
        Array.Copy(_files, files, _files.Length);
        Array.Resize(ref _used, size / 64);
        Array.Resize(ref _closeOnExec, size / 64);
        Volatile.Write(ref _files, files);
    }

    private void MarkLocked(int fd, bool used, bool closeOnExec)
    {
        ulong bit = 1UL << (fd & 63);
        bool before = IsSet(_used, fd);
        _used[fd >> 6] = used ? _used[fd >> 6] | bit : _used[fd >> 6] & ~bit;
        _closeOnExec[fd >> 6] = closeOnExec ? _closeOnExec[fd >> 6] | bit : _closeOnExec[fd >> 6] & ~bit;
        if (used && !before)
        {
            _openCount++;
            if (fd == _firstFree)
            {
                _firstFree = fd + 1;
            }
        }
        else if (!used && before)
        {
            _openCount--;
            _firstFree = Math.Min(_firstFree, fd);
        }
    }

    private static bool IsSet(ulong[] map, int fd) =>
        fd >> 6 < map.Length && (map[fd >> 6] >> (fd & 63) & 1) != 0;
}

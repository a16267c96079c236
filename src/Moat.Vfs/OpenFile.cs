// SPDX-License-Identifier: Apache-2.0
using System;
using System.Threading;
using Moat.Abi;
using Moat.Base;
using Moat.Memory;

namespace Moat.Vfs;

/// <summary>An open file description (open(2)): what descriptors refer to, shared by dup and fork.</summary>
/// <remarks>
/// No operation blocks: what cannot go on returns EAGAIN, and the caller waits on <see cref="WaitQueue"/> and
/// tries again. (Those of files that a guest process serves do block where they have a <see cref="Caller"/>.)
/// Buffers are kernel memory or a call's window: a guest may change a window while it is read,
/// so an implementation that interprets written bytes copies them first.
/// </remarks>
public abstract class OpenFile : RefCounted
{
    // Files whose last reference went while another was being destroyed on this thread.
    [ThreadStatic]
    private static OpenFile? s_waiting;

    [ThreadStatic]
    private static bool s_isDestroying;

    private int _statusFlags;
    private OpenFile? _nextWaiting;
    private FileSignals? _signals;

    /// <summary>
    /// A file opened with the given flags; O_CREAT, O_EXCL, O_TRUNC, O_NOCTTY and O_CLOEXEC are not kept.
    /// </summary>
    protected OpenFile(OpenFlags flags) => _statusFlags = (int)(flags & ~OpenFlags.CreationFlags);

    /// <summary>Access mode and status flags, as F_GETFL returns them.</summary>
    public OpenFlags Flags => (OpenFlags)Volatile.Read(ref _statusFlags);

    public bool CanRead => (Flags & OpenFlags.AccessMode) is OpenFlags.ReadOnly or OpenFlags.ReadWrite;

    public bool CanWrite => (Flags & OpenFlags.AccessMode) is OpenFlags.WriteOnly or OpenFlags.ReadWrite;

    /// <summary>True when Landlock denied its opener to truncate it.</summary>
    public bool DeniesTruncate { get; internal set; }

    /// <summary>
    /// Reading it needs the permission of fanotify's groups: some had marks when it was opened.
    /// </summary>
    public bool AsksToRead { get; set; }

    public bool IsNonBlocking => (Flags & OpenFlags.NonBlock) != 0;

    /// <summary>F_SETOWN: who SIGIO is for.</summary>
    public FileOwner SignalOwner
    {
        get => _signals?.Owner ?? default;
        set => Signals().Owner = value;
    }

    /// <summary>F_SETSIG: the signal sent instead of SIGIO, or 0.</summary>
    public int SignalNumber
    {
        get => _signals?.Number ?? 0;
        set => Signals().Number = value;
    }

    /// <summary>Where it was opened; null for pipes, sockets and other anonymous files.</summary>
    public virtual Location? Location => null;

    /// <summary>
    /// What /proc/PID/fd shows for files without a location: "pipe:[5]", "anon_inode:[eventpoll]".
    /// </summary>
    public virtual string AnonymousName => "anon_inode:[unknown]";

    /// <summary>Where those who watch this file's content look from; null when nobody can.</summary>
    internal FileSystem? WatchSpace { get; set; }

    /// <summary>
    /// Who waits for this file's readiness; null for files that are always ready (regular files,
    /// directories).
    /// </summary>
    public virtual WaitQueue? WaitQueue => null;

    /// <summary>
    /// True for files whose every read and write is one message: a call is then never split.
    /// </summary>
    public virtual bool KeepsMessages => false;

    /// <summary>
    /// Opens the same object anew, for open(2) of /proc/PID/fd/N of a file without a location (pipes,
    /// terminals).
    /// </summary>
    public virtual Result<OpenFile> Reopen(Caller caller, OpenFlags flags) => Errno.ENXIO;

    /// <summary>How a blocked read waits, where it is not for the first byte.</summary>
    public virtual ReadTiming ReadTiming => default;

    /// <summary>May be sent to other processes by SCM_RIGHTS; EINVAL where not.</summary>
    public virtual bool MayBePassed => true;

    /// <summary>Present readiness.</summary>
    public virtual PollEvents Poll(Caller caller) =>
        PollEvents.In | PollEvents.Out | PollEvents.ReadNormal | PollEvents.WriteNormal;

    /// <summary>fstat(2).</summary>
    public abstract Result<InodeAttributes> GetAttributes();

    /// <summary>The same where a guest process may have to be asked.</summary>
    public virtual Result<InodeAttributes> GetAttributes(Caller caller) => GetAttributes();

    /// <summary>read(2) at the file's own position, or from a stream. EAGAIN when it would block.</summary>
    public virtual Result<int> Read(Caller caller, Span<byte> buffer) => Errno.EINVAL;

    /// <summary>
    /// Takes back what a read at the own position got and could not deliver: the caller's memory faults.
    /// </summary>
    /// <param name="caller">Who reads.</param>
    /// <param name="bytes">All that the read got.</param>
    /// <param name="delivered">How much of it went before the fault.</param>
    /// <returns>
    /// How much counts as read; less than was delivered where pieces go in whole or not at all.
    /// </returns>
    public virtual int GiveBack(Caller caller, ReadOnlySpan<byte> bytes, int delivered)
    {
        if (WaitQueue is null)
        {
            // Linux moves the position only by what was delivered.
            _ = Seek(caller, delivered - bytes.Length, 1);
        }

        return delivered;
    }

    /// <summary>
    /// True for /dev/null and the like: what is written is not even looked at, so a bad address is no error.
    /// A write of nothing says how all writes end.
    /// </summary>
    public virtual bool DiscardsWrites => false;

    /// <summary>write(2) at the file's own position (the end with O_APPEND), or into a stream.</summary>
    public virtual Result<int> Write(Caller caller, ReadOnlySpan<byte> buffer) => Errno.EINVAL;

    /// <summary>pread(2). ESPIPE for streams.</summary>
    public virtual Result<int> ReadAt(Caller caller, Span<byte> buffer, long offset) => Errno.ESPIPE;

    /// <summary>pwrite(2). ESPIPE for streams.</summary>
    public virtual Result<int> WriteAt(Caller caller, ReadOnlySpan<byte> buffer, long offset) => Errno.ESPIPE;

    /// <summary>
    /// True for files whose content is memory of the kernel process: large transfers then go straight between
    /// that and the caller, by <see cref="ReadTo"/> and <see cref="WriteFrom"/>.
    /// </summary>
    public virtual bool IsMemory => false;

    /// <summary>
    /// read(2) without an offset, pread(2) with one: copies out what there is, as much as the length allows.
    /// </summary>
    /// <returns>
    /// How much was delivered: less than the length at the end of the file or before a fault; EOPNOTSUPP when
    /// the content cannot be read like this now, and is to be read into a buffer.
    /// </returns>
    public virtual Result<int> ReadTo(Caller caller, CallerBuffers target, int length, long? offset) =>
        Errno.EOPNOTSUPP;

    /// <summary>write(2) without an offset, pwrite(2) with one, from the caller's buffers.</summary>
    /// <returns>
    /// How much was written: less than the length before a fault or without room; EOPNOTSUPP as above.
    /// </returns>
    public virtual Result<int> WriteFrom(Caller caller, CallerBuffers source, int length, long? offset) =>
        Errno.EOPNOTSUPP;

    /// <summary>lseek(2). ESPIPE for streams.</summary>
    public virtual Result<long> Seek(Caller caller, long offset, int whence) => Errno.ESPIPE;

    /// <summary>How many bytes wait to be read: FIONREAD's answer; null where that is no call.</summary>
    protected virtual int? UnreadBytes => null;

    /// <summary>ioctl(2); arguments are copied through <see cref="Caller.Memory"/>.</summary>
    public virtual Result<long> Ioctl(Caller caller, uint command, ulong argument)
    {
        const uint FionRead = 0x541b;
        if (command != FionRead || UnreadBytes is not { } unread)
        {
            return Errno.ENOTTY;
        }

        Errno error = caller.Memory.Write(argument, unread);
        return error == Errno.Success ? 0L : error;
    }

    /// <summary>
    /// getdents64(2): appends entries to the writer from the file's position on; ENOTDIR for others.
    /// </summary>
    public virtual Errno ReadDirectory(Caller caller, ref DirectoryEntryWriter writer) => Errno.ENOTDIR;

    /// <summary>fsync(2) and fdatasync(2). EINVAL for what has no storage.</summary>
    public virtual Errno Sync(bool dataOnly) => Errno.EINVAL;

    /// <summary>The same where a guest process may have to be asked.</summary>
    public virtual Errno Sync(Caller caller, bool dataOnly) => Sync(dataOnly);

    /// <summary>ftruncate(2).</summary>
    public virtual Errno Truncate(Caller caller, long length) => Errno.EINVAL;

    /// <summary>fallocate(2).</summary>
    public virtual Errno Allocate(Caller caller, int mode, long offset, long length) => Errno.ENODEV;

    /// <summary>
    /// Where the guest's buffer faults, a write leaves whole multiples of so many bytes: a page in a pipe.
    /// </summary>
    public virtual int WriteUnit => 1;

    /// <summary>True when mapping the file is mapping anonymous memory: /dev/zero.</summary>
    public virtual bool MapsZeros => false;

    /// <summary>
    /// What an mmap of this file maps; the caller releases it. ENODEV for what cannot be mapped.
    /// </summary>
    public virtual Result<MemoryObject> GetMemoryObject(Caller caller, bool shared, bool write,
        bool execute) => Errno.ENODEV;

    /// <summary>Where in its memory object an offset of mmap(2) lies; EINVAL for no place.</summary>
    public virtual Result<ulong> PlaceOf(ulong offset, ulong length) => offset;

    /// <summary>
    /// The part of open(2) that may wait: the open handler calls it with the new file and waits while it says
    /// EAGAIN (the other end of a FIFO). Any other error fails the open.
    /// </summary>
    public virtual Errno CompleteOpen(Caller caller) => Errno.Success;

    /// <summary>
    /// A descriptor of it was closed (flush, POSIX locks); called on every close, by whichever caller.
    /// </summary>
    /// <returns>What close(2) returns; the descriptor is gone all the same.</returns>
    public virtual Errno OnDescriptorClosed(Caller caller) => Errno.Success;

    /// <summary>
    /// F_SETFL: replaces the changeable flags (O_APPEND, O_NONBLOCK, O_DIRECT, O_ASYNC, O_NOATIME).
    /// </summary>
    public virtual Errno SetFlags(OpenFlags flags)
    {
        const OpenFlags Changeable =
            OpenFlags.Append | OpenFlags.NonBlock | OpenFlags.Direct | OpenFlags.NoAccessTime;
        Volatile.Write(ref _statusFlags, (int)((Flags & ~Changeable) | (flags & Changeable)));
        return Errno.Success;
    }

    /// <summary>True for files that tell their owner by SIGIO when they are ready (O_ASYNC).</summary>
    public virtual bool TellsByFlag => false;

    /// <summary>Sets O_ASYNC with what sends the signals, or clears it.</summary>
    public void SetAsync(IFileNotice? notice)
    {
        if (notice is null)
        {
            Interlocked.And(ref _statusFlags, ~(int)OpenFlags.Async);
        }
        else
        {
            Interlocked.Or(ref _statusFlags, (int)OpenFlags.Async);
        }

        Signals().SetAsync(notice);
    }

    /// <summary>Sets what tells of a directory's entries (F_NOTIFY), in place of what did before.</summary>
    public void SetDirectoryNotice(IFileNotice? notice) => Signals().SetDirectory(notice);

    /// <summary>Ends a notice unless another has taken its place.</summary>
    public void EndDirectoryNotice(IFileNotice notice) => Signals().EndDirectory(notice);

    /// <summary>
    /// Destroys one after the other: files that hold files (sockets with descriptors in flight, rings) may
    /// hold chains of any length, which must not nest on the stack.
    /// </summary>
    protected sealed override void OnLastReleased()
    {
        if (s_isDestroying)
        {
            _nextWaiting = s_waiting;
            s_waiting = this;
            return;
        }

        s_isDestroying = true;
        try
        {
            EndNotices();
            Destroy();
            while (s_waiting is { } next)
            {
                s_waiting = next._nextWaiting;
                next._nextWaiting = null;
                next.EndNotices();
                next.Destroy();
            }
        }
        finally
        {
            s_isDestroying = false;
        }
    }

    private void EndNotices()
    {
        if (_signals is { } signals)
        {
            signals.SetAsync(null);
            signals.SetDirectory(null);
        }
    }

    private FileSignals Signals() => _signals
        ?? Interlocked.CompareExchange(ref _signals, new FileSignals(), null) ?? _signals;
}

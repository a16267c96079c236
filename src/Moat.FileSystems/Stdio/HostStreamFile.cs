// SPDX-License-Identifier: Apache-2.0
using System;
using Moat.Abi;
using Moat.Base;
using Moat.Host.Files;
using Moat.Vfs;

namespace Moat.FileSystems.Stdio;

/// <summary>
/// An open file over a host descriptor that the sandbox's caller handed over: standard input, output, error.
/// </summary>
/// <remarks>
/// The caller's open file description is left as it is: O_NONBLOCK is never set on it, for its shell shares
/// it. Invariants: owns its host descriptors; a file with a wait queue is registered with the poller.
/// </remarks>
public class HostStreamFile : OpenFile
{
    private const uint FionRead = 0x541b;
    private const uint TypeMask = 0xf000;
    private const uint FifoType = 0x1000;
    private const uint CharacterType = 0x2000;
    private const uint SocketType = 0xc000;
    private const ulong NullDevice = (1 << 8) | 3;

    private readonly HostPoller _poller;
    private readonly int _fd;
    private readonly int _original;
    private readonly HostStreamKind _kind;
    private readonly uint _type;
    private readonly ulong _inode = AnonymousInodes.Next();
    private readonly WaitQueue? _queue;
    private readonly ulong _special;

    /// <summary>Wraps what <see cref="HostStreamOpener"/> found out.</summary>
    internal HostStreamFile(
        HostPoller poller, int original, int fd, HostStreamKind kind, uint type, OpenFlags flags)
        : base(flags)
    {
        _poller = poller;
        _original = original;
        _fd = fd;
        _kind = kind;
        _type = type;
        if (type == CharacterType
            && HostPath.Stat(original, [], HostPath.EmptyPath, out HostStatx stat) == Errno.Success)
        {
            _special = DeviceNumber.Make(stat.RdevMajor, stat.RdevMinor);
        }

        if (kind != HostStreamKind.Plain)
        {
            var queue = new WaitQueue();
            _queue = poller.Register(fd, queue) == Errno.Success ? queue : null;
        }
    }

    /// <inheritdoc/>
    public override string AnonymousName => _type switch
    {
        FifoType => $"pipe:[{_inode}]",
        SocketType => $"socket:[{_inode}]",
        CharacterType when _special == NullDevice => "/dev/null",
        _ => "anon_inode:[host]",
    };

    /// <inheritdoc/>
    public override WaitQueue? WaitQueue => _queue;

    private protected HostStreamKind Kind => _kind;

    /// <summary>The host descriptor that calls go to.</summary>
    protected int HostFd => _fd;

    /// <inheritdoc/>
    public override PollEvents Poll(Caller caller)
    {
        if (_queue is null)
        {
            return base.Poll(caller);
        }

        const PollEvents Asked = PollEvents.In | PollEvents.Out | PollEvents.Priority | PollEvents.ReadHangUp
            | PollEvents.ReadNormal | PollEvents.WriteNormal;
        return (PollEvents)(ushort)HostPoll.Look(_fd, (short)Asked);
    }

    /// <inheritdoc/>
    public override Result<InodeAttributes> GetAttributes()
    {
        Errno error = HostPath.Stat(_original, [], HostPath.EmptyPath, out HostStatx stat);
        if (error != Errno.Success)
        {
            return error;
        }

        // The host's own device and inode numbers stay outside: the guest gets a stable number of ours.
        return new InodeAttributes
        {
            DeviceId = DeviceOf(_type), InodeNumber = _inode, Mode = stat.Mode, LinkCount = stat.LinkCount,
            Uid = stat.Uid, Gid = stat.Gid, SpecialDeviceId = SpecialDevice(stat),
            Size = (long)stat.Size, Blocks = (long)stat.Blocks, BlockSize = (int)stat.BlockSize,
            AccessTime = Time(stat.AccessTime), ModifyTime = Time(stat.ModifyTime),
            ChangeTime = Time(stat.ChangeTime), BirthTime = Time(stat.BirthTime),
        };
    }

    /// <inheritdoc/>
    public override Result<int> Read(Caller caller, Span<byte> buffer)
    {
        switch (_kind)
        {
            case HostStreamKind.Socket:
                return HostStream.Receive(_fd, buffer);
            case HostStreamKind.Blocking when (HostPoll.Look(_fd, PollEntry.In) & ~PollEntry.Out) == 0:
                // Another reader of the same terminal may still be faster; nothing better is to be had there.
                return Errno.EAGAIN;
            default:
                return Retried(HostFile.Read(_fd, buffer));
        }
    }

    /// <inheritdoc/>
    public override Result<int> Write(Caller caller, ReadOnlySpan<byte> buffer)
    {
        switch (_kind)
        {
            case HostStreamKind.Socket:
                return HostStream.Send(_fd, buffer);
            case HostStreamKind.Blocking:
                if ((HostPoll.Look(_fd, PollEntry.Out) & (PollEntry.Out | PollEntry.Error | PollEntry.HangUp))
                    == 0)
                {
                    return Errno.EAGAIN;
                }

                // What fits for sure once POLLOUT is there: PIPE_BUF in a pipe, WAKEUP_CHARS in a terminal.
                int limit = _type == FifoType ? 4096 : 256;
                return Retried(HostFile.Write(_fd, buffer[..Math.Min(buffer.Length, limit)]));
            default:
                return Retried(HostFile.Write(_fd, buffer));
        }
    }

    /// <inheritdoc/>
    public override Result<int> ReadAt(Caller caller, Span<byte> buffer, long offset) =>
        _kind == HostStreamKind.Plain ? HostFile.Pread(_fd, buffer, offset) : Errno.ESPIPE;

    /// <inheritdoc/>
    public override Result<int> WriteAt(Caller caller, ReadOnlySpan<byte> buffer, long offset) =>
        _kind == HostStreamKind.Plain ? HostFile.Pwrite(_fd, buffer, offset) : Errno.ESPIPE;

    /// <inheritdoc/>
    public override Result<long> Seek(Caller caller, long offset, int whence) =>
        _kind == HostStreamKind.Plain ? HostFile.Seek(_fd, offset, whence) : Errno.ESPIPE;

    /// <inheritdoc/>
    public override Result<long> Ioctl(Caller caller, uint command, ulong argument)
    {
        if (command != FionRead)
        {
            return Errno.ENOTTY;
        }

        Span<byte> count = stackalloc byte[4];
        Errno error = HostStream.Ioctl(_fd, FionRead, count);
        if (error == Errno.Success)
        {
            error = caller.Memory.Write(argument, count);
        }

        return error == Errno.Success ? 0L : error;
    }

    /// <inheritdoc/>
    public override Errno Sync(bool dataOnly) =>
        _kind == HostStreamKind.Plain ? HostFile.Sync(_fd, dataOnly) : Errno.EINVAL;

    /// <summary>Opens /dev/stdin and the like: a second file over the same host stream.</summary>
    public override Result<OpenFile> Reopen(Caller caller, OpenFlags flags)
    {
        // The access may shrink, never grow: the caller handed over no more than it opened.
        OpenFlags wanted = flags & OpenFlags.AccessMode;
        if ((wanted != OpenFlags.WriteOnly && !CanRead) || (wanted != OpenFlags.ReadOnly && !CanWrite))
        {
            return Errno.EACCES;
        }

        if (!HostFile.Duplicate(_original).TryGet(out int original, out Errno error))
        {
            return error;
        }

        int fd = original;
        if (_fd != _original && !HostFile.Duplicate(_fd).TryGet(out fd, out error))
        {
            HostFile.Close(original);
            return error;
        }

        return Clone(_poller, original, fd, flags);
    }

    /// <summary>Another file of the same kind over descriptors of its own.</summary>
    private protected virtual OpenFile Clone(HostPoller poller, int original, int fd, OpenFlags flags) =>
        new HostStreamFile(poller, original, fd, _kind, _type, flags);

    /// <inheritdoc/>
    protected override void Destroy()
    {
        if (_queue is not null)
        {
            _poller.Unregister(_fd);
        }

        HostFile.Close(_fd);
        if (_original != _fd)
        {
            HostFile.Close(_original);
        }
    }

    /// <summary>st_rdev; terminals override the number that the guest knows them by.</summary>
    private protected virtual ulong SpecialDevice(in HostStatx stat) =>
        _special;

    private static ulong DeviceOf(uint type) => (type & TypeMask) switch
    {
        FifoType => AnonymousInodes.PipeDevice,
        SocketType => AnonymousInodes.SocketDevice,
        _ => AnonymousInodes.AnonymousDevice,
    };

    private static Timespec Time(HostStatxTime time) => new(time.Seconds, time.Nanoseconds);

    // A signal for the runtime's own use is no reason to bother the guest.
    private static Result<int> Retried(Result<int> result) => result.Error == Errno.EINTR
        ? Errno.EAGAIN : result;
}

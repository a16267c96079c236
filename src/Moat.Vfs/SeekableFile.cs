// SPDX-License-Identifier: Apache-2.0
using System;
using Moat.Abi;
using Moat.Base;
using Moat.Vfs.Paths;

namespace Moat.Vfs;

/// <summary>An open regular file: keeps the position; subclasses read and write at offsets.</summary>
/// <remarks>
/// Locks: its own, of rank FilePosition, held while the position is used, so that reads do not overlap; as on
/// Linux also while bytes are copied from or to the caller.
/// </remarks>
public abstract class SeekableFile : InodeFile
{
    private const int SeekSet = 0;
    private const int SeekCurrent = 1;
    private const int SeekEnd = 2;
    private readonly RankedLock _lock = new(LockRank.FilePosition);
    private long _position;

    /// <summary>An open file at position 0.</summary>
    protected SeekableFile(Location location, OpenFlags flags, Inode? inode = null)
        : base(location, flags, inode)
    {
    }

    public sealed override Result<int> Read(Caller caller, Span<byte> buffer)
    {
        using (_lock.Enter())
        {
            Result<int> result = ReadAt(caller, buffer, _position);
            if (result.IsOk)
            {
                _position += result.Value;
            }

            return result;
        }
    }

    public sealed override Result<int> Write(Caller caller, ReadOnlySpan<byte> buffer)
    {
        using (_lock.Enter())
        {
            return Write(caller, buffer, ref _position);
        }
    }

    /// <summary>pwrite(2). With O_APPEND it appends all the same, as Linux does (pwrite(2), BUGS).</summary>
    public sealed override Result<int> WriteAt(Caller caller, ReadOnlySpan<byte> buffer, long offset) =>
        Write(caller, buffer, ref offset);

    public sealed override Result<int> ReadTo(
        Caller caller, CallerBuffers target, int length, long? offset)
    {
        if (offset is { } at)
        {
            return ReadContentTo(target, length, at);
        }

        using (_lock.Enter())
        {
            Result<int> result = ReadContentTo(target, length, _position);
            _position += result.IsOk ? result.Value : 0;
            return result;
        }
    }

    public sealed override Result<int> WriteFrom(
        Caller caller, CallerBuffers source, int length, long? offset)
    {
        if ((Flags & OpenFlags.Append) != 0 || caller.FileSizeLimit != long.MaxValue)
        {
            return Errno.EOPNOTSUPP;
        }

        if (offset is { } at)
        {
            return WriteContentFrom(caller, source, length, at);
        }

        using (_lock.Enter())
        {
            Result<int> result = WriteContentFrom(caller, source, length, _position);
            _position += result.IsOk ? result.Value : 0;
            return result;
        }
    }

    /// <summary>Writes at an offset, whatever the flags and limits.</summary>
    public abstract Result<int> WriteContent(Caller caller, ReadOnlySpan<byte> buffer, long offset);

    public override Result<long> Seek(Caller caller, long offset, int whence)
    {
        using (_lock.Enter())
        {
            long start = 0;
            switch (whence)
            {
                case SeekSet:
                    break;
                case SeekCurrent:
                    start = _position;
                    break;
                case SeekEnd:
                    if (!GetSize().TryGet(out start, out Errno error))
                    {
                        return error;
                    }

                    break;
                default:
                    Result<long> found = SeekData(offset, whence);
                    return found.IsOk ? _position = found.Value : found;
            }

            long target = unchecked(start + offset);
            if (target < 0 || (offset > 0 && target < start))
            {
                return Errno.EINVAL;
            }

            return _position = target;
        }
    }

    public override Errno Truncate(Caller caller, long length) =>
        length < 0 || !CanWrite ? Errno.EINVAL : AttributeOperations.Truncate(caller, Inode, length);

    public override Errno Sync(bool dataOnly) => Errno.Success;

    /// <summary>Writes at the end, as one step with finding the end.</summary>
    /// <param name="caller">The writer.</param>
    /// <param name="buffer">What to write.</param>
    /// <param name="end">The position after it.</param>
    protected abstract Result<int> Append(Caller caller, ReadOnlySpan<byte> buffer, out long end);

    /// <summary>Copies content out; for files that are <see cref="OpenFile.IsMemory"/>.</summary>
    protected virtual Result<int> ReadContentTo(CallerBuffers target, int length, long offset) =>
        Errno.EOPNOTSUPP;

    /// <summary>Copies content in; for files that are <see cref="OpenFile.IsMemory"/>.</summary>
    protected virtual Result<int> WriteContentFrom(
        Caller caller, CallerBuffers source, int length, long offset) => Errno.EOPNOTSUPP;

    /// <summary>
    /// SEEK_DATA (3) and SEEK_HOLE (4) without moving the position; unless overridden all is data.
    /// </summary>
    public virtual Result<long> SeekData(long offset, int whence)
    {
        if (!GetSize().TryGet(out long size, out Errno error))
        {
            return error;
        }

        return offset < 0 || offset >= size ? Errno.ENXIO : whence == 3 ? offset : size;
    }

    /// <summary>The present size.</summary>
    protected virtual Result<long> GetSize()
    {
        Errno error = Inode.GetAttributes(out InodeAttributes attributes);
        return error == Errno.Success ? attributes.Size : error;
    }

    private Result<int> Write(Caller caller, ReadOnlySpan<byte> buffer, ref long position)
    {
        bool append = (Flags & OpenFlags.Append) != 0;
        long limit = caller.FileSizeLimit;
        if (limit != long.MaxValue)
        {
            long start = position;
            if (append && !GetSize().TryGet(out start, out Errno error))
            {
                return error;
            }

            if (start >= limit && !buffer.IsEmpty)
            {
                caller.OnFileSizeExceeded();
                return Errno.EFBIG;
            }

            buffer = buffer[..(int)Math.Min(buffer.Length, Math.Max(0, limit - start))];
        }

        long end = 0;
        Result<int> result = append
            ? Append(caller, buffer, out end) : WriteContent(caller, buffer, position);
        if (result.IsOk)
        {
            position = append ? end : position + result.Value;
        }

        return result;
    }
}

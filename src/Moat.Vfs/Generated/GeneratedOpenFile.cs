// SPDX-License-Identifier: Apache-2.0
using System;
using System.Threading;
using Moat.Abi;
using Moat.Base;

namespace Moat.Vfs.Generated;

/// <summary>An open generated file: keeps the content it first showed until its end was read.</summary>
/// <remarks>
/// Locks: its own, of rank FilePosition, for position and content; content is generated outside it.
/// </remarks>
internal sealed class GeneratedOpenFile(
    GeneratedFile file, Location location, OpenFlags flags, Credentials opener)
    : InodeFile(location, flags)
{
    private const int MaxWrite = 4096;

    /// <summary>How many bytes all of them may keep between two reads.</summary>
    private const long MostKept = 64 << 20;

    private static long s_kept;

    private readonly RankedLock _lock = new(LockRank.FilePosition);
    private byte[]? _content;
    private long _position;

    public override Result<int> Read(Caller caller, Span<byte> buffer)
    {
        long position;
        using (_lock.Enter())
        {
            position = _position;
        }

        Result<int> result = ReadAt(caller, buffer, position);
        if (result.TryGet(out int count, out _))
        {
            using (_lock.Enter())
            {
                _position = position + count;
            }
        }

        return result;
    }

    public override Result<int> ReadAt(Caller caller, Span<byte> buffer, long offset)
    {
        byte[]? content;
        using (_lock.Enter())
        {
            content = offset == 0 ? null : _content;
        }

        if (content is null)
        {
            var writer = new ContentWriter { Viewer = caller };
            Errno error = file.Generate(caller, writer);
            if (error != Errno.Success)
            {
                return error;
            }

            if (writer.IsOverfull)
            {
                return Errno.ENOMEM;
            }

            content = writer.Written.ToArray();
            Keep(content);
        }

        if (offset >= content.Length)
        {
            Keep(null);
            return 0;
        }

        ReadOnlySpan<byte> rest = content.AsSpan((int)offset);
        int count = Math.Min(rest.Length, buffer.Length);
        rest[..count].CopyTo(buffer);
        return count;
    }

    public override Result<int> Write(Caller caller, ReadOnlySpan<byte> buffer)
    {
        Span<byte> copy = stackalloc byte[MaxWrite];
        copy = copy[..Math.Min(buffer.Length, MaxWrite)];
        buffer[..copy.Length].CopyTo(copy);
        return file.WriteFor(caller, opener, copy);
    }

    public override Result<int> WriteAt(Caller caller, ReadOnlySpan<byte> buffer, long offset) =>
        Write(caller, buffer);

    public override Result<long> Seek(Caller caller, long offset, int whence)
    {
        using (_lock.Enter())
        {
            long target = whence switch { 0 => offset, 1 => _position + offset, _ => -1 };
            return target < 0 ? Errno.EINVAL : _position = target;
        }
    }

    public override Errno Truncate(Caller caller, long length) => Errno.Success;

    protected override void Destroy()
    {
        Keep(null);
        base.Destroy();
    }

    // What there is no room for is made anew for the next read.
    private void Keep(byte[]? content)
    {
        using (_lock.Enter())
        {
            Interlocked.Add(ref s_kept, -(_content?.Length ?? 0));
            _content = null;
            if (content is not null && Interlocked.Add(ref s_kept, content.Length) > MostKept)
            {
                Interlocked.Add(ref s_kept, -content.Length);
                content = null;
            }

            _content = content;
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
using System;
using System.Runtime.InteropServices;
using Moat.Abi;
using Moat.Abi.Rings;
using Moat.Abi.Uio;
using Moat.Base;
using Moat.FileSystems.Events;
using Moat.Kernel.Tasks;
using Moat.Syscalls.Transfer;
using Moat.Vfs;

namespace Moat.Syscalls.Rings;

/// <summary>io_uring_register(2), one method for each thing that can be registered.</summary>
internal static class RingRegistration
{
    private const int MostFiles = 32768;
    private const int MostBuffers = 16384;
    private const ulong LargestBuffer = 1 << 30;

    internal static SysResult Run(Task task, RingFile ring, RingCommand command, ulong argument, uint count)
    {
        switch (command)
        {
            case RingCommand.RegisterBuffers:
                return argument == 0 ? Errno.EFAULT : AddBuffers(task, ring, argument, count);
            case RingCommand.UnregisterBuffers:
                return argument != 0 || count != 0 ? Errno.EINVAL : ring.ClearBuffers();
            case RingCommand.RegisterFiles:
                return argument == 0 ? Errno.EFAULT : AddFiles(task, ring, argument, count);
            case RingCommand.UnregisterFiles:
                return argument != 0 || count != 0 ? Errno.EINVAL : ring.Files.Clear();
            case RingCommand.UpdateFiles:
                return UpdateFiles(task, ring, argument, count);
            case RingCommand.RegisterEvent or RingCommand.RegisterAsyncEvent:
                return count != 1 ? Errno.EINVAL : AddEvent(task, ring, argument);
            case RingCommand.UnregisterEvent:
                return argument != 0 || count != 0 ? Errno.EINVAL : ring.ClearEvent();
            case RingCommand.Probe:
                return argument == 0 || count > 256 ? Errno.EINVAL : Probe(task, argument, count);
            case RingCommand.Enable:
                if (argument != 0 || count != 0)
                {
                    return Errno.EINVAL;
                }

                bool was = ring.IsEnabled;
                ring.IsEnabled = true;
                return was ? Errno.EBADFD : 0;
            default:
                return Errno.EINVAL;
        }
    }

    private static SysResult AddBuffers(Task task, RingFile ring, ulong argument, uint count)
    {
        if (ring.FixedBuffers is not null)
        {
            return Errno.EBUSY;
        }

        if (count is 0 or > MostBuffers)
        {
            return Errno.EINVAL;
        }

        var buffers = new IoVector[count];
        Errno error = task.Memory.ReadArray(argument, buffers.AsSpan());
        foreach (IoVector buffer in buffers)
        {
            bool isSparse = buffer.Base == 0 && buffer.Length == 0;
            if (error == Errno.Success && !isSparse)
            {
                error = buffer.Base == 0 || buffer.Length == 0 || buffer.Length > LargestBuffer
                    ? Errno.EFAULT : CheckMapped(task, buffer);
            }
        }

        return error == Errno.Success ? ring.SetBuffers(buffers) : error;
    }

    // Linux pins the pages; here they are looked up when they are used, but have to be there now.
    private static Errno CheckMapped(Task task, IoVector buffer)
    {
        Errno error = GuestSegments.Check(buffer.Base, buffer.Length);
        Span<byte> one = stackalloc byte[1];
        for (ulong at = 0; at < buffer.Length && error == Errno.Success; at += LargestBuffer / 16)
        {
            error = task.Memory.Read(buffer.Base + at, one);
        }

        return error == Errno.Success ? task.Memory.Read(buffer.Base + buffer.Length - 1, one) : error;
    }

    private static SysResult AddFiles(Task task, RingFile ring, ulong argument, uint count)
    {
        if (ring.Files.Count >= 0)
        {
            return Errno.EBUSY;
        }

        if (count is 0)
        {
            return Errno.EINVAL;
        }

        if (count > MostFiles || count > (uint)task.Files.Limit)
        {
            return Errno.EMFILE;
        }

        var fds = new int[count];
        Errno error = task.Memory.ReadArray(argument, fds.AsSpan());
        var files = new OpenFile?[count];
        for (int i = 0; i < fds.Length && error == Errno.Success; i++)
        {
            error = fds[i] == -1 ? Errno.Success : Take(task, fds[i], out files[i]);
        }

        if (error != Errno.Success)
        {
            RegisteredFiles.ReleaseAll(files);
            return error;
        }

        return ring.Files.Set(files);
    }

    private static SysResult UpdateFiles(Task task, RingFile ring, ulong argument, uint count)
    {
        Span<byte> update = stackalloc byte[16];
        Errno error = task.Memory.Read(argument, update);
        if (error != Errno.Success || count == 0)
        {
            return error != Errno.Success ? error : Errno.EINVAL;
        }

        uint offset = MemoryMarshal.Read<uint>(update);
        ulong fds = MemoryMarshal.Read<ulong>(update[8..]);
        int size = ring.Files.Count;
        if (MemoryMarshal.Read<uint>(update[4..]) != 0 || size < 0 || offset + (ulong)count > (uint)size)
        {
            return size < 0 ? Errno.ENXIO : Errno.EINVAL;
        }

        for (uint i = 0; i < count; i++)
        {
            const int Keep = -2;
            error = task.Memory.Read(fds + (i * sizeof(int)), out int fd);
            OpenFile? file = null;
            error = error == Errno.Success && fd >= 0 ? Take(task, fd, out file) : error;
            bool changes = error == Errno.Success && fd != Keep;
            error = changes ? ring.Files.Replace((int)(offset + i), file) : error;
            if (error != Errno.Success)
            {
                return i > 0 ? (long)i : error;
            }
        }

        return (long)count;
    }

    // An instance that held itself could never go.
    private static Errno Take(Task task, int fd, out OpenFile? file)
    {
        if (!task.Files.Get(fd).TryGet(out file, out Errno error) || file is not RingFile)
        {
            return error;
        }

        file.Release();
        file = null;
        return Errno.EBADF;
    }

    private static SysResult AddEvent(Task task, RingFile ring, ulong argument)
    {
        Errno error = task.Memory.Read(argument, out int fd);
        if (error != Errno.Success)
        {
            return error;
        }

        if (!task.Files.Get(fd).TryGet(out OpenFile? file, out error))
        {
            return error;
        }

        if (file is EventFile)
        {
            return ring.SetEvent(file);
        }

        file.Release();
        return Errno.EINVAL;
    }

    private static SysResult Probe(Task task, ulong argument, uint count)
    {
        const int HeaderSize = 16;
        const int RowSize = 8;
        const byte Last = (byte)RingOperation.Socket;
        int rows = (int)Math.Min(count, Last + 1u);
        Span<byte> probe = new byte[HeaderSize + ((int)count * RowSize)];
        Errno error = task.Memory.Read(argument, probe);
        if (error != Errno.Success)
        {
            return error;
        }

        if (probe.IndexOfAnyExcept((byte)0) >= 0)
        {
            return Errno.EINVAL;
        }

        probe[0] = Last;
        probe[1] = (byte)rows;
        for (int i = 0; i < rows; i++)
        {
            Span<byte> row = probe[(HeaderSize + (i * RowSize))..];
            row[0] = (byte)i;
            row[2] = (byte)(IsThere((RingOperation)i) ? 1 : 0);
        }

        return task.Memory.Write(argument, probe);
    }

    private static bool IsThere(RingOperation operation) => operation is not (RingOperation.FilesUpdate
        or RingOperation.MessageRing or RingOperation.SetFileAttribute or RingOperation.SetPathAttribute
        or RingOperation.GetFileAttribute or RingOperation.GetPathAttribute);
}

// SPDX-License-Identifier: Apache-2.0
using System;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Moat.Abi;
using Moat.Abi.Seccomp;
using Moat.Base;
using Moat.Kernel.Blocking;
using Moat.Kernel.Tasks;
using Moat.Vfs;

namespace Moat.Kernel.Seccomp;

/// <summary>The ioctls of a listener (seccomp_unotify(2)).</summary>
internal static class SeccompSupervision
{
    private const uint Receive = 0xc0502100;
    private const uint Send = 0xc0182101;
    private const uint IsIdValid = 0x40082102;

    // As the first kernels had it, with the direction the wrong way round.
    private const uint IsIdValidOld = 0x80082102;
    private const uint SetFlags = 0x40082104;
    private const uint AddFdWithoutSize = 0x40002103;
    private const uint SizeMask = 0x3fff0000;
    private const int AddFdSize = 24;

    internal static Result<long> Ioctl(Task task, SeccompListener listener, uint command, ulong argument)
    {
        switch (command)
        {
            case Receive:
                return OnReceive(task, listener, argument);
            case Send:
                return OnSend(task, listener, argument);
            case IsIdValid or IsIdValidOld:
                Errno error = task.Memory.Read(argument, out ulong id);
                return error != Errno.Success ? error
                    : listener.Find(id, out _) == Errno.Success ? 0L : Errno.ENOENT;
            case SetFlags:
                return argument <= 1 ? 0L : Errno.EINVAL;
            default:
                return (command & ~SizeMask) == AddFdWithoutSize
                    ? OnAddFd(task, listener, argument, (int)((command & SizeMask) >> 16)) : Errno.EINVAL;
        }
    }

    private static Result<long> OnReceive(Task task, SeccompListener listener, ulong argument)
    {
        Errno error = task.Memory.Read(argument, out SeccompNotice given);
        if (error != Errno.Success)
        {
            return error;
        }

        if (MemoryMarshal.AsBytes(new ReadOnlySpan<SeccompNotice>(in given)).ContainsAnyExcept((byte)0))
        {
            return Errno.EINVAL;
        }

        var operation = new ReceiveOperation(listener);
        Result<long> waited = BlockingIo.Run(task, listener.WaitQueue, PollEvents.In | PollEvents.HangUp,
            ref operation, Deadline.Never);
        if (operation.Request is not { } request)
        {
            return waited;
        }

        error = task.Memory.Write(argument, new SeccompNotice
        {
            Id = request.Id, Pid = (uint)request.Task.ThreadId, Data = request.Data,
        });
        if (error != Errno.Success)
        {
            listener.TakeBack(request);
            return error;
        }

        return 0L;
    }

    private static Result<long> OnSend(Task task, SeccompListener listener, ulong argument)
    {
        Errno error = task.Memory.Read(argument, out SeccompAnswer answer);
        if (error != Errno.Success)
        {
            return error;
        }

        if ((answer.Flags & ~SeccompAnswer.Continue) != 0
            || ((answer.Flags & SeccompAnswer.Continue) != 0 && (answer.Error != 0 || answer.Value != 0)))
        {
            return Errno.EINVAL;
        }

        error = listener.Answer(in answer);
        return error == Errno.Success ? 0L : error;
    }

    private static Result<long> OnAddFd(Task task, SeccompListener listener, ulong argument, int size)
    {
        if (size < AddFdSize || size >= 4096)
        {
            return Errno.EINVAL;
        }

        Span<byte> bytes = stackalloc byte[size];
        Errno error = task.Memory.Read(argument, bytes);
        if (error != Errno.Success)
        {
            return error;
        }

        if (bytes[Unsafe.SizeOf<SeccompAddFd>()..].ContainsAnyExcept((byte)0))
        {
            return Errno.E2BIG;
        }

        var wanted = MemoryMarshal.Read<SeccompAddFd>(bytes);
        const uint Known = SeccompAddFd.SetNumber | SeccompAddFd.Send;
        if ((wanted.NewFdFlags & ~(uint)OpenFlags.CloseOnExec) != 0 || (wanted.Flags & ~Known) != 0
            || (wanted.NewFd != 0 && (wanted.Flags & SeccompAddFd.SetNumber) == 0))
        {
            return Errno.EINVAL;
        }

        using FileReference source = task.Files.BorrowAny((int)wanted.SourceFd);
        if (source.File is not { } file)
        {
            return Errno.EBADF;
        }

        error = listener.Find(wanted.Id, out SeccompRequest? request);
        return error == Errno.Success ? Install(listener, request!.Task, file, in wanted) : error;
    }

    private static Result<long> Install(SeccompListener listener, Task target, OpenFile file,
        in SeccompAddFd wanted)
    {
        bool closeOnExec = wanted.NewFdFlags != 0;
        FdTable files = target.Files;
        file.AddReference();
        Result<int> installed = (wanted.Flags & SeccompAddFd.SetNumber) != 0
            ? files.Replace(target, (int)wanted.NewFd, file, closeOnExec) : files.Install(file, closeOnExec);
        if (!installed.TryGet(out int fd, out Errno error))
        {
            return error;
        }

        if ((wanted.Flags & SeccompAddFd.Send) != 0)
        {
            error = listener.Answer(new SeccompAnswer { Id = wanted.Id, Value = fd });
            if (error != Errno.Success)
            {
                _ = files.Close(target, fd);
                return error;
            }
        }

        return (long)fd;
    }
}

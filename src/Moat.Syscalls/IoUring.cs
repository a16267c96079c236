// SPDX-License-Identifier: Apache-2.0
using System;
using System.Numerics;
using Moat.Abi;
using Moat.Abi.Rings;
using Moat.Base;
using Moat.Kernel.Async;
using Moat.Kernel.Blocking;
using Moat.Kernel.Tasks;
using Moat.Memory;
using Moat.Syscalls.Polling;
using Moat.Syscalls.Rings;
using Moat.Vfs;

namespace Moat.Syscalls;

/// <summary>io_uring_setup(2), io_uring_enter(2), io_uring_register(2).</summary>
public static class IoUring
{
    private const uint MostEntries = 32768;

    private const RingSetupFlags Known = RingSetupFlags.CompletionSize | RingSetupFlags.Clamp
        | RingSetupFlags.AttachWorkers | RingSetupFlags.Disabled | RingSetupFlags.SubmitAll
        | RingSetupFlags.Cooperative | RingSetupFlags.TaskRunFlag | RingSetupFlags.SingleIssuer
        | RingSetupFlags.DeferTaskRun;

    private const RingFeatures Features = RingFeatures.SingleMap | RingFeatures.NoDrop
        | RingFeatures.SubmitStable | RingFeatures.CurrentPosition | RingFeatures.CurrentPersonality
        | RingFeatures.FastPoll | RingFeatures.Poll32Bits | RingFeatures.ExtendedArgument
        | RingFeatures.NativeWorkers | RingFeatures.SkipCompletion | RingFeatures.LinkedFile;

    /// <summary>io_uring_setup(2); IORING_SETUP_SQPOLL and IOPOLL are EINVAL.</summary>
    [Syscall("io_uring_setup")]
    public static SysResult Setup(Task task, uint entries, GuestPtr<RingParameters> pointer)
    {
        Errno error = pointer.Read(task.Memory, out RingParameters parameters);
        if (error != Errno.Success)
        {
            return error;
        }

        error = Choose(entries, parameters, out RingLayout layout);
        if (error == Errno.Success && (parameters.Flags & RingSetupFlags.AttachWorkers) != 0)
        {
            using FileReference other = task.Files.Borrow(parameters.AttachedTo);
            error = other.File is RingFile ? Errno.Success : other.File is null ? Errno.ENXIO : Errno.EINVAL;
        }

        if (error != Errno.Success)
        {
            return error;
        }

        if (!task.Kernel.RingLimits.TryAddRing())
        {
            return Errno.ENOMEM;
        }

        if (!RingMemory.Create(layout.Length, "anon_inode:[io_uring]")
            .TryGet(out RingMemory? memory, out error))
        {
            task.Kernel.RingLimits.RemoveRing();
            return error;
        }

        var ring = new RingFile(task, memory, layout, parameters.Flags);
        parameters.Features = Features;
        layout.Describe(ref parameters);
        error = pointer.Write(task.Memory, parameters);
        if (error != Errno.Success)
        {
            ring.Release();
            return error;
        }

        return task.Files.Install(ring, closeOnExec: true);
    }

    /// <summary>io_uring_enter(2).</summary>
    [Syscall("io_uring_enter")]
    public static SysResult Enter(
        Task task, int fd, uint submit, uint least, RingEnterFlags flags, GuestBuffer argument, ulong size)
    {
        const RingEnterFlags Allowed = RingEnterFlags.GetEvents | RingEnterFlags.WakeUp
            | RingEnterFlags.SubmissionWait | RingEnterFlags.ExtendedArgument;
        if ((flags & ~Allowed) != 0)
        {
            return Errno.EINVAL;
        }

        using FileReference reference = task.Files.Borrow(fd);
        if (reference.File is not RingFile ring)
        {
            return reference.File is null ? Errno.EBADF : Errno.EOPNOTSUPP;
        }

        if (!ring.IsEnabled)
        {
            return Errno.EBADFD;
        }

        uint submitted = submit > 0 ? RingSubmission.Submit(task, ring, submit) : 0;
        if ((flags & RingEnterFlags.GetEvents) == 0 || submitted < submit)
        {
            return (long)submitted;
        }

        SysResult waited = Wait(task, ring, least, flags, argument, size);
        return submitted > 0 ? (long)submitted : waited;
    }

    /// <summary>io_uring_register(2).</summary>
    [Syscall("io_uring_register")]
    public static SysResult Register(Task task, int fd, RingCommand command, ulong argument, uint count)
    {
        using FileReference reference = task.Files.Borrow(fd);
        return reference.File is RingFile ring ? RingRegistration.Run(task, ring, command, argument, count)
            : reference.File is null ? Errno.EBADF : Errno.EOPNOTSUPP;
    }

    private static Errno Choose(uint entries, in RingParameters wanted, out RingLayout layout)
    {
        layout = default;
        bool clamps = (wanted.Flags & RingSetupFlags.Clamp) != 0;
        bool unusual = (wanted.Flags & ~Known) != 0 || wanted.Unused0 != 0 || wanted.Unused1 != 0
            || wanted.Unused2 != 0;
        bool defers = (wanted.Flags & RingSetupFlags.DeferTaskRun) != 0
            && (wanted.Flags & RingSetupFlags.SingleIssuer) == 0;
        bool flagless = (wanted.Flags & RingSetupFlags.TaskRunFlag) != 0
            && (wanted.Flags & (RingSetupFlags.Cooperative | RingSetupFlags.DeferTaskRun)) == 0;
        if (unusual || defers || flagless || entries == 0 || (entries > MostEntries && !clamps))
        {
            return Errno.EINVAL;
        }

        uint submissions = BitOperations.RoundUpToPowerOf2(Math.Min(entries, MostEntries));
        uint completions = submissions * 2;
        if ((wanted.Flags & RingSetupFlags.CompletionSize) != 0)
        {
            uint given = wanted.CompletionEntries;
            if (given == 0 || (given > MostEntries * 2 && !clamps))
            {
                return Errno.EINVAL;
            }

            completions = BitOperations.RoundUpToPowerOf2(Math.Min(given, MostEntries * 2));
            if (completions < submissions)
            {
                return Errno.EINVAL;
            }
        }

        layout = new RingLayout(submissions, completions);
        return Errno.Success;
    }

    private static SysResult Wait(
        Task task, RingFile ring, uint least, RingEnterFlags flags, GuestBuffer argument, ulong size)
    {
        var how = new RingWait(argument.Address, (uint)size, 0, 0);
        Errno error = Errno.Success;
        if ((flags & RingEnterFlags.ExtendedArgument) != 0)
        {
            const ulong RingWaitSize = 24;
            error = size != RingWaitSize ? Errno.EINVAL : task.Memory.Read(argument.Address, out how);
        }

        Deadline deadline = Deadline.Never;
        if (error == Errno.Success && how.Timeout != 0)
        {
            error = task.Memory.Read(how.Timeout, out Timespec given);
            deadline = Deadline.After(given.Seconds < 0 ? 0 : given.ToNanoseconds());
        }

        error = error == Errno.Success ? TemporaryMask.Apply(task, how.Mask, how.MaskSize) : error;
        if (error != Errno.Success)
        {
            return error;
        }

        var operation = new RingWaitOperation(ring, Math.Min(least, ring.Layout.Completions));
        Result<long> result = BlockingIo.Run(
            task, ring.WaitQueue, PollEvents.Readable, ref operation, deadline);
        if (result.Error == Errno.ERESTARTSYS)
        {
            return Errno.EINTR;
        }

        TemporaryMask.Undo(task);
        return result.Error == Errno.EAGAIN ? Errno.ETIME : result;
    }
}

// SPDX-License-Identifier: Apache-2.0
using System;
using System.Buffers;
using Moat.Abi;
using Moat.Abi.Uio;
using Moat.Base;
using Moat.Kernel.Tasks;
using Moat.Kernel.Tracing;
using Moat.Memory;

namespace Moat.Syscalls;

/// <summary>process_vm_readv(2), process_vm_writev(2).</summary>
public static class MemoryTransfer
{
    private const int MaxVectors = 1024;
    private const ulong MaxBytes = 0x7fff_f000;
    private const int ChunkBytes = 64 * 1024;

    /// <summary>process_vm_readv(2).</summary>
    [Syscall("process_vm_readv")]
    public static SysResult ReadOther(Task task, int pid, GuestPtr<IoVector> local, ulong localCount,
        GuestPtr<IoVector> remote, ulong remoteCount, ulong flags) =>
        Transfer(task, pid, local, localCount, remote, remoteCount, flags, write: false);

    /// <summary>process_vm_writev(2).</summary>
    [Syscall("process_vm_writev")]
    public static SysResult WriteOther(Task task, int pid, GuestPtr<IoVector> local, ulong localCount,
        GuestPtr<IoVector> remote, ulong remoteCount, ulong flags) =>
        Transfer(task, pid, local, localCount, remote, remoteCount, flags, write: true);

    private static SysResult Transfer(Task task, int pid, GuestPtr<IoVector> local, ulong localCount,
        GuestPtr<IoVector> remote, ulong remoteCount, ulong flags, bool write)
    {
        if (flags != 0 || localCount > MaxVectors || remoteCount > MaxVectors)
        {
            return Errno.EINVAL;
        }

        var near = new IoVector[localCount];
        var far = new IoVector[remoteCount];
        Errno error = ReadVectors(task, local, near);
        if (error != Errno.Success || near.Length == 0 || far.Length == 0)
        {
            return error;
        }

        error = ReadVectors(task, remote, far);
        if (error != Errno.Success)
        {
            return error;
        }

        if (task.FindTask(pid) is not { } target)
        {
            return Errno.ESRCH;
        }

        if (!TaskAccess.MayInspect(task, target))
        {
            return Errno.EPERM;
        }

        TraceMemory.AwaitBirth(task, target);
        UserMemory from = write ? task.Memory : target.Memory;
        UserMemory to = write ? target.Memory : task.Memory;
        return Copy(from, write ? near : far, to, write ? far : near);
    }

    private static Errno ReadVectors(Task task, GuestPtr<IoVector> guest, IoVector[] vectors)
    {
        Errno error = task.Memory.ReadArray<IoVector>(guest.Address, vectors);
        foreach (IoVector vector in vectors)
        {
            error = error == Errno.Success && (long)vector.Length < 0 ? Errno.EINVAL : error;
        }

        return error;
    }

    /// <summary>Copies until one side ends or faults; EFAULT when nothing could be copied at all.</summary>
    private static SysResult Copy(UserMemory from, IoVector[] sources, UserMemory to, IoVector[] targets)
    {
        byte[] chunk = ArrayPool<byte>.Shared.Rent(ChunkBytes);
        ulong done = 0;
        bool faulted = false;
        int source = 0;
        int target = 0;
        ulong sourceAt = 0;
        ulong targetAt = 0;
        while (!faulted && done < MaxBytes && Advance(sources, ref source, ref sourceAt)
            && Advance(targets, ref target, ref targetAt))
        {
            ulong left = Math.Min(sources[source].Length - sourceAt, targets[target].Length - targetAt);
            int want = (int)Math.Min(Math.Min(left, ChunkBytes), MaxBytes - done);
            int got = from.ReadPartial(sources[source].Base + sourceAt, chunk.AsSpan(0, want));
            int put = to.WritePartial(targets[target].Base + targetAt, chunk.AsSpan(0, got));
            faulted = put < want;
            sourceAt += (ulong)put;
            targetAt += (ulong)put;
            done += (ulong)put;
        }

        ArrayPool<byte>.Shared.Return(chunk);
        return faulted && done == 0 ? Errno.EFAULT : done;
    }

    private static bool Advance(IoVector[] vectors, ref int index, ref ulong at)
    {
        while (index < vectors.Length && at == vectors[index].Length)
        {
            index++;
            at = 0;
        }

        return index < vectors.Length;
    }
}

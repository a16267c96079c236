// SPDX-License-Identifier: Apache-2.0
using Moat.Abi;
using Moat.Abi.Rings;
using Moat.Base;
using Moat.Syscalls.Transfer;

namespace Moat.Syscalls.Rings;

/// <summary>Buffers that are not named by address: provided ones and registered ones.</summary>
internal static class RingBuffers
{
    private const uint BufferFlag = 1;
    private const int IdShift = 16;

    /// <summary>IORING_OP_PROVIDE_BUFFERS and IORING_OP_REMOVE_BUFFERS.</summary>
    internal static long Change(RingRequest request)
    {
        const int MostAtOnce = 65535;
        const uint MostIds = 65536;
        ref SubmissionEntry entry = ref request.Entry;
        if (entry.OperationFlags != 0 || entry.FileIndex != 0)
        {
            return -(long)Errno.EINVAL;
        }

        bool adds = entry.Operation == RingOperation.ProvideBuffers;
        if (!adds && (entry.Address != 0 || entry.Length != 0 || entry.Offset != 0))
        {
            return -(long)Errno.EINVAL;
        }

        if (entry.Fd is <= 0 or > MostAtOnce)
        {
            return adds ? -(long)Errno.E2BIG : -(long)Errno.EINVAL;
        }

        if (!adds)
        {
            Result<int> removed = request.Ring.Buffers.Remove(entry.Buffer, entry.Fd);
            return removed.IsOk ? removed.Value : -(long)removed.Error;
        }

        ulong bytes = (ulong)entry.Length * (uint)entry.Fd;
        if (entry.Length == 0)
        {
            return -(long)Errno.EINVAL;
        }

        if (GuestSegments.Check(entry.Address, bytes) != Errno.Success)
        {
            return -(long)Errno.EFAULT;
        }

        if (entry.Offset >= MostIds || entry.Offset + (uint)entry.Fd > MostIds)
        {
            return -(long)(entry.Offset >= MostIds ? Errno.E2BIG : Errno.EINVAL);
        }

        return -(long)request.Ring.Buffers.Add(
            entry.Buffer, entry.Address, entry.Length, entry.Fd, (ushort)entry.Offset);
    }

    /// <summary>Chooses a provided buffer for one attempt; ENOBUFS when there is none.</summary>
    internal static Errno Select(RingRequest request, out ProvidedBuffer buffer, out uint length)
    {
        length = 0;
        if (!request.Ring.Buffers.TryTake(request.Entry.Buffer, out buffer))
        {
            return Errno.ENOBUFS;
        }

        length = request.Entry.Length == 0 || request.Entry.Length > buffer.Length
            ? buffer.Length : request.Entry.Length;
        return Errno.Success;
    }

    /// <summary>The attempt is over: the buffer is used, or goes back.</summary>
    internal static void Settle(RingRequest request, ProvidedBuffer buffer, long result)
    {
        if (result == -(long)Errno.EAGAIN)
        {
            request.Ring.Buffers.GiveBack(request.Entry.Buffer, buffer);
        }
        else
        {
            request.Flags = BufferFlag | ((uint)buffer.Id << IdShift);
        }
    }

    /// <summary>EFAULT unless a range lies in the registered buffer that the request names.</summary>
    internal static Errno CheckFixed(RingRequest request)
    {
        ref SubmissionEntry entry = ref request.Entry;
        if (request.Ring.FixedBuffers is not { } buffers || entry.Buffer >= buffers.Length)
        {
            return Errno.EFAULT;
        }

        ulong start = buffers[entry.Buffer].Base;
        ulong length = buffers[entry.Buffer].Length;
        return entry.Address >= start && entry.Length <= length
            && entry.Address - start <= length - entry.Length ? Errno.Success : Errno.EFAULT;
    }
}

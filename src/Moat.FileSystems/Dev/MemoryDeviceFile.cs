// SPDX-License-Identifier: Apache-2.0
using System;
using System.Buffers.Binary;
using Moat.Abi;
using Moat.Base;
using Moat.Memory;
using Moat.Vfs;

namespace Moat.FileSystems.Dev;

/// <summary>An open memory device.</summary>
/// <remarks>
/// Random bytes come from the host kernel; what a guest writes to the pool is taken and forgotten.
/// </remarks>
internal sealed class MemoryDeviceFile(MemoryDeviceKind kind, Location location, OpenFlags flags)
    : InodeFile(location, flags)
{
    private const uint GetEntropyCount = 0x80045200;
    private const uint AddToEntropyCount = 0x40045201;
    private const uint AddEntropy = 0x40085203;

    // Random devices can be polled, though they are always ready; the others cannot.
    private readonly WaitQueue? _queue =
        kind is MemoryDeviceKind.Random or MemoryDeviceKind.URandom ? new WaitQueue() : null;

    private bool IsRandom => kind is MemoryDeviceKind.Random or MemoryDeviceKind.URandom;

    public override WaitQueue? WaitQueue => _queue;

    public override bool DiscardsWrites =>
        kind is MemoryDeviceKind.Null or MemoryDeviceKind.Zero or MemoryDeviceKind.Full;

    public override Result<int> Read(Caller caller, Span<byte> buffer)
    {
        switch (kind)
        {
            case MemoryDeviceKind.Null:
                return 0;
            case MemoryDeviceKind.Random or MemoryDeviceKind.URandom:
                SecureRandom.Fill(buffer);
                return buffer.Length;
            default:
                buffer.Clear();
                return buffer.Length;
        }
    }

    public override Result<int> Write(Caller caller, ReadOnlySpan<byte> buffer) =>
        kind == MemoryDeviceKind.Full ? Errno.ENOSPC : buffer.Length;

    public override Result<int> ReadAt(Caller caller, Span<byte> buffer, long offset) => Read(caller, buffer);

    public override Result<int> WriteAt(Caller caller, ReadOnlySpan<byte> buffer, long offset) =>
        Write(caller, buffer);

    // null_lseek: every position is 0.
    public override Result<long> Seek(Caller caller, long offset, int whence) => 0L;

    public override Result<long> Ioctl(Caller caller, uint command, ulong argument)
    {
        if (!IsRandom)
        {
            return Errno.ENOTTY;
        }

        switch (command)
        {
            case GetEntropyCount:
                Span<byte> bits = stackalloc byte[4];
                BinaryPrimitives.WriteInt32LittleEndian(bits, 256);
                Errno error = caller.Memory.Write(argument, bits);
                return error == Errno.Success ? 0L : error;
            case AddToEntropyCount or AddEntropy:
                return caller.Credentials.Has(Capability.SysAdmin) ? 0L : Errno.EPERM;
            default:
                return Errno.ENOTTY;
        }
    }

    public override Errno Sync(bool dataOnly) => Errno.EINVAL;

    public override bool MapsZeros => kind == MemoryDeviceKind.Zero;

    public override Result<MemoryObject> GetMemoryObject(Caller caller, bool shared, bool write,
        bool execute) =>
        Errno.ENODEV;
}

// SPDX-License-Identifier: Apache-2.0
using System;
using Moat.Abi;
using Moat.Base;
using Moat.Host;

namespace Moat.Memory;

/// <summary>Shared anonymous memory: a memfd of its own, of fixed size.</summary>
public sealed unsafe class AnonymousMemory : MemoryObject
{
    private const uint CloseOnExec = 1;
    private const uint AllowSealing = 2;
    private const ulong AddSeals = 1033;
    private const ulong SealShape = 1 | 2 | 4;

    private static long s_nextInode = 1024;

    private readonly int _fd;
    private readonly string _name;

    private AnonymousMemory(int fd, ulong size, string name)
    {
        _fd = fd;
        _name = name;
        Size = size;
        InodeNumber = (ulong)System.Threading.Interlocked.Increment(ref s_nextInode);
    }

    /// <inheritdoc/>
    public override int HostFd => _fd;

    /// <summary>Size in bytes; never changes.</summary>
    public ulong Size { get; }

    /// <inheritdoc/>
    public override ulong DeviceId => 1;

    /// <inheritdoc/>
    public override ulong InodeNumber { get; }

    /// <inheritdoc/>
    public override string Name => _name;

    /// <summary>Makes zeroed memory; pages are only taken when touched.</summary>
    /// <param name="size">Bytes, a whole number of pages.</param>
    /// <param name="name">Shown in /proc/PID/maps.</param>
    /// <returns>One reference, the caller's; ENOMEM or what the host says.</returns>
    public static Result<AnonymousMemory> Create(ulong size, string name = "/dev/zero (deleted)")
    {
        ReadOnlySpan<byte> hostName = "moat-shared\0"u8;

        // SAFETY: the name is a NUL-terminated constant.
        fixed (byte* nameStart = hostName)
        {
            SysResult fd =
                HostCall.Invoke(SyscallNumber.memfd_create, (ulong)nameStart, CloseOnExec | AllowSealing);
            if (fd.IsError)
            {
                return fd.Error == Errno.EMFILE ? Errno.ENFILE : fd.Error;
            }

            SysResult sized = HostCall.Invoke(SyscallNumber.ftruncate, (ulong)fd.Raw, size);
            if (!sized.IsError)
            {
                sized = HostCall.Invoke(SyscallNumber.fcntl, (ulong)fd.Raw, AddSeals, SealShape);
            }

            if (sized.IsError)
            {
                _ = HostCall.Invoke(SyscallNumber.close, (ulong)fd.Raw);
                return sized.Error == Errno.EFBIG ? Errno.ENOMEM : sized.Error;
            }

            return new AnonymousMemory((int)fd.Raw, size, name);
        }
    }

    /// <inheritdoc/>
    protected override void Destroy() => _ = HostCall.Invoke(SyscallNumber.close, (ulong)_fd);
}

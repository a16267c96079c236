// SPDX-License-Identifier: Apache-2.0
using System;
using Moat.Abi;
using Moat.Base;

namespace Moat.Host.Shared;

/// <summary>A sealed memfd of fixed size, mapped here, that another process can map too.</summary>
/// <remarks>Invariants: the size is sealed before anyone else has the descriptor, so touching it never raises
/// SIGBUS.
/// The mapping lives until Dispose; whoever disposes must know that no pointer or span is in use.</remarks>
public sealed unsafe class SharedMemory : IDisposable
{
    private byte* _pointer;

    private SharedMemory(int fd, byte* pointer, int length)
    {
        Fd = fd;
        _pointer = pointer;
        Length = length;
    }

    /// <summary>The memfd, or -1 after <see cref="CloseFd"/>.</summary>
    public int Fd { get; private set; }

    /// <summary>The first byte.</summary>
    public byte* Pointer => _pointer;

    /// <summary>Size in bytes.</summary>
    public int Length { get; }

    /// <summary>All of it. What another process can write is to be read once and then checked.</summary>
    public Span<byte> Span => new(_pointer, Length);

    /// <summary>Creates, sizes, seals and maps an area of zeros.</summary>
    /// <param name="name">Shown in /proc as memfd:name.</param>
    /// <param name="length">Bytes; rounded up to pages by the host.</param>
    /// <param name="flags">Beside the flags that are always set.</param>
    public static Result<SharedMemory> Create(string name, int length, MemfdFlags flags =
        MemfdFlags.NoExecSeal) => Create(name, length, flags, MemfdSeals.None);

    /// <summary>The same, but nobody else can ever map it writable.</summary>
    public static Result<SharedMemory> CreateReadOnlyForOthers(string name, int length) =>
        Create(name, length, MemfdFlags.NoExecSeal, MemfdSeals.FutureWrite);

    private static Result<SharedMemory> Create(string name, int length, MemfdFlags flags, MemfdSeals afterMap)
    {
        MemfdFlags all = flags | MemfdFlags.CloseOnExec | MemfdFlags.AllowSealing;
        if (!Memfd.Create(name, all).TryGet(out int fd, out Errno error))
        {
            return error;
        }

        error = Memfd.SetLength(fd, length);
        if (error == Errno.Success)
        {
            error = Memfd.AddSeals(fd, MemfdSeals.Shrink | MemfdSeals.Grow);
        }

        if (error == Errno.Success)
        {
            Result<nuint> mapped = HostMemory.Map(0, (nuint)length, HostProtection.ReadWrite,
                HostMapFlags.Shared, fd, 0);
            if (mapped.TryGet(out nuint address, out error))
            {
                // After our own mapping, which stays writable.
                error = Memfd.AddSeals(fd, afterMap | MemfdSeals.Seal);
                if (error == Errno.Success)
                {
                    return new SharedMemory(fd, (byte*)address, length);
                }

                HostMemory.Unmap(address, (nuint)length);
            }
        }

        Files.HostFile.Close(fd);
        return error;
    }

    /// <summary>Closes the descriptor and keeps the mapping.</summary>
    public void CloseFd()
    {
        if (Fd >= 0)
        {
            Files.HostFile.Close(Fd);
            Fd = -1;
        }
    }

    /// <summary>Unmaps and closes.</summary>
    public void Dispose()
    {
        CloseFd();
        byte* pointer = _pointer;
        _pointer = null;
        if (pointer != null)
        {
            HostMemory.Unmap((nuint)pointer, (nuint)Length);
        }
    }
}

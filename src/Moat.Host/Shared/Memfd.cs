// SPDX-License-Identifier: Apache-2.0
using Moat.Abi;
using Moat.Base;

namespace Moat.Host.Shared;

/// <summary>Anonymous memory files: memfd_create(2), their seals and size.</summary>
public static unsafe class Memfd
{
    private const int AddSealsCommand = 1033;

    /// <summary>Creates a memfd. On hosts older than 6.3 the two exec flags are left out.</summary>
    /// <param name="name">Shown in /proc as memfd:name.</param>
    /// <param name="flags">Close-on-exec is usual.</param>
    [HostCall("memfd_create", Why = "thread areas, guest memory, stub images")]
    public static Result<int> Create(string name, MemfdFlags flags)
    {
        using var text = new NativeString(name);
        SysResult result = HostCall.Invoke(SyscallNumber.memfd_create, text.Address, (ulong)flags);
        const MemfdFlags exec = MemfdFlags.Exec | MemfdFlags.NoExecSeal;
        if (result.Error == Errno.EINVAL && (flags & exec) != 0)
        {
            MemfdFlags older = flags & ~exec;
            older |= (flags & MemfdFlags.NoExecSeal) != 0 ? MemfdFlags.AllowSealing : 0;
            result = HostCall.Invoke(SyscallNumber.memfd_create, text.Address, (ulong)older);
        }

        return result.AsInt();
    }

    /// <summary>
    /// Creates a memfd that holds the given bytes; for descriptors that a child reads or executes.
    /// </summary>
    public static Result<int> FromBytes(string name, System.ReadOnlySpan<byte> contents, MemfdFlags flags)
    {
        if (!Create(name, flags).TryGet(out int fd, out Errno error))
        {
            return error;
        }

        int done = 0;
        while (done < contents.Length)
        {
            if (!Files.HostFile.Pwrite(fd, contents[done..], done).TryGet(out int count, out error))
            {
                Files.HostFile.Close(fd);
                return error;
            }

            done += count;
        }

        return fd;
    }

    /// <summary>Forbids later changes, for everybody and for ever.</summary>
    [HostCall("fcntl", Why = "F_ADD_SEALS: shared areas must not shrink under a mapping")]
    public static Errno AddSeals(int fd, MemfdSeals seals) =>
        HostCall.Invoke(SyscallNumber.fcntl, (ulong)fd, AddSealsCommand, (ulong)seals).Error;

    /// <summary>Sets the size.</summary>
    [HostCall("ftruncate", Why = "size of memory files")]
    public static Errno SetLength(int fd, long length) =>
        HostCall.Invoke(SyscallNumber.ftruncate, (ulong)fd, (ulong)length).Error;
}

// SPDX-License-Identifier: Apache-2.0
using Moat.Abi;
using Moat.Base;

namespace Moat.Host.Shared;

/// <summary>Mappings in the calling process: mmap(2), munmap(2), mprotect(2), madvise(2).</summary>
public static class HostMemory
{
    /// <summary>Maps a file, or anonymous memory when <paramref name="fd"/> is -1.</summary>
    [HostCall("mmap", Why = "shared thread areas, file windows; never executable once confined")]
    public static Result<nuint> Map(
        nuint address, nuint length, HostProtection protection, HostMapFlags flags, int fd, long offset)
    {
        SysResult result = HostCall.Invoke(
            SyscallNumber.mmap, address, length, (ulong)protection, (ulong)flags, (ulong)(long)fd,
                (ulong)offset);
        return result.IsError ? result.Error : (nuint)(ulong)result.Raw;
    }

    /// <summary>Unmaps.</summary>
    [HostCall("munmap", Why = "shared thread areas, file windows")]
    public static Errno Unmap(nuint address, nuint length) =>
        HostCall.Invoke(SyscallNumber.munmap, address, length).Error;

    /// <summary>Changes protection.</summary>
    [HostCall("mprotect", Why = "the .NET runtime's heaps")]
    public static Errno Protect(nuint address, nuint length, HostProtection protection) =>
        HostCall.Invoke(SyscallNumber.mprotect, address, length, (ulong)protection).Error;

    /// <summary>Advises, MADV_* by number.</summary>
    [HostCall("madvise", Why = "giving memory back to the host")]
    public static Errno Advise(nuint address, nuint length, int advice) =>
        HostCall.Invoke(SyscallNumber.madvise, address, length, (ulong)advice).Error;
}

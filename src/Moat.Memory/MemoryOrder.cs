// SPDX-License-Identifier: Apache-2.0
using Moat.Abi;

namespace Moat.Memory;

/// <summary>One host memory call that a stub is ordered to make in its own address space.</summary>
/// <param name="Number">mmap, munmap, mprotect, mremap or madvise.</param>
/// <param name="Arg0">First argument.</param>
/// <param name="Arg1">Second argument.</param>
/// <param name="Arg2">Third argument.</param>
/// <param name="Arg3">Fourth argument.</param>
/// <param name="Arg5">Sixth argument (an mmap's offset); the fifth is the platform's: the installed
/// descriptor, or
/// mremap's new address.</param>
/// <param name="Arg4">Fifth argument where no descriptor is passed.</param>
/// <param name="HostFd">The kernel process's descriptor to map, or -1.</param>
/// <param name="KeptAs">What the stub may keep it as (<see cref="MemoryObject.KeptAs"/>), or 0.</param>
public readonly record struct MemoryOrder(
    SyscallNumber Number, ulong Arg0, ulong Arg1, ulong Arg2 = 0, ulong Arg3 = 0, ulong Arg4 = 0,
        ulong Arg5 = 0,
    int HostFd = -1, ulong KeptAs = 0);

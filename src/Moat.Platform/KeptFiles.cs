// SPDX-License-Identifier: Apache-2.0
using System;
using Moat.Memory;

namespace Moat.Platform;

/// <summary>
/// The descriptors of files that a stub process keeps, so that mapping more of a file costs no question to
/// the supervisor: a library is mapped in five pieces.
/// </summary>
/// <remarks>
/// Only files that no guest can change or remove are kept (<see cref="MemoryObject.KeptAs"/>): a guest
/// that jumps to the order instruction can map what its process has mapped before, privately, and no more.
/// Locks: none; files are mapped and processes forked under the address space's lock.
/// </remarks>
internal sealed class KeptFiles
{
    private readonly ulong[] _files = new ulong[StubLayout.KeptFds];
    private int _next;

    internal KeptFiles()
    {
    }

    private KeptFiles(KeptFiles parent)
    {
        parent._files.CopyTo(_files, 0);
        _next = parent._next;
    }

    /// <summary>
    /// The order with the kept descriptor; for a new file with the number to install it under, in place of
    /// the one kept longest.
    /// </summary>
    internal MemoryOrder Complete(in MemoryOrder order)
    {
        int number = Array.IndexOf(_files, order.KeptAs);
        if (number >= 0)
        {
            return order with { HostFd = -1, Arg4 = (ulong)number };
        }

        number = _next;
        _next = (_next + 1) % StubLayout.KeptFds;
        _files[number] = order.KeptAs;
        return order with { Arg4 = (uint)number | StubLayout.InstallMark };
    }

    /// <summary>What a forked process has.</summary>
    internal KeptFiles Copy() => new(this);
}

// SPDX-License-Identifier: Apache-2.0
using Moat.Kernel;
using Moat.Vfs;
using Moat.Vfs.Locks;

namespace Moat.FileSystems.Events;

/// <summary>Tells a file's owner by SIGIO or F_SETSIG's signal that its lease is to be given up.</summary>
public sealed class LeaseSignal(LinuxKernel kernel, OpenFile file, int fd) : ILeaseHolder
{
    private const int MessageCode = 3;
    private const long MessageBand = 0x441;

    public void OnBreak() => OwnerSignal.Send(kernel, file, fd, MessageCode, MessageBand);
}

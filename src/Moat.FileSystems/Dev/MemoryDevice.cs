// SPDX-License-Identifier: Apache-2.0
using Moat.Abi;
using Moat.Base;
using Moat.Vfs;

namespace Moat.FileSystems.Dev;

/// <summary>The driver of /dev/null, zero, full, random and urandom.</summary>
public sealed class MemoryDevice(MemoryDeviceKind kind) : IDevice
{
    /// <inheritdoc/>
    public Result<OpenFile> Open(Caller caller, Location location, ulong deviceId, OpenFlags flags) =>
        new MemoryDeviceFile(kind, location, flags);
}

// SPDX-License-Identifier: Apache-2.0
using Moat.Abi;
using Moat.Base;
using Moat.Vfs;

namespace Moat.FileSystems.Fuse;

/// <summary>/dev/fuse (10:229): each open of it can serve one file system.</summary>
internal sealed class FuseDevice : IDevice
{
    public Result<OpenFile> Open(Caller caller, Location location, ulong deviceId, OpenFlags flags) =>
        new FuseDeviceFile(location, flags, caller.Credentials.Space);
}

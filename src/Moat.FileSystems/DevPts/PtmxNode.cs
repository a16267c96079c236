// SPDX-License-Identifier: Apache-2.0
using Moat.Abi;
using Moat.Base;
using Moat.Vfs;
using Moat.Vfs.Generated;

namespace Moat.FileSystems.DevPts;

/// <summary>/dev/pts/ptmx: opening it makes a new pseudo-terminal (ptmx(4)).</summary>
internal sealed class PtmxNode(FileSystem fileSystem, PtsDirectory directory)
    : GeneratedInode(fileSystem, FileType.CharacterDevice, 0x1b6)
{
    public override Errno GetAttributes(out InodeAttributes attributes)
    {
        Errno error = base.GetAttributes(out attributes);
        attributes.SpecialDeviceId = DeviceNumber.Make(5, 2);
        return error;
    }

    public override Result<OpenFile> Open(Caller caller, Location location, OpenFlags flags) =>
        directory.OpenNew(caller, location, flags);
}

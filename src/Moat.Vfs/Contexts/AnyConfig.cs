// SPDX-License-Identifier: Apache-2.0
using Moat.Abi;
using Moat.Base;

namespace Moat.Vfs.Contexts;

/// <summary>
/// Options of a file system that the guest cannot make, such as its root: whatever it has stands with the
/// sandbox, and a remount names what /proc/mounts shows.
/// </summary>
internal sealed class AnyConfig(FileSystem of) : FileSystemConfig(of.TypeName, of.Owner)
{
    protected override bool TrySet(Caller caller, in FsParameter parameter, out Errno error)
    {
        error = Errno.Success;
        return true;
    }

    protected override Result<FileSystem> Make(Caller caller) => Errno.EINVAL;
}

// SPDX-License-Identifier: Apache-2.0
using Moat.Abi;
using Moat.Base;
using Moat.Vfs;
using Moat.Vfs.Contexts;
using Moat.Vfs.Namespaces;

namespace Moat.FileSystems.Fuse;

/// <summary>A remount, whose options Linux passes over: only flags such as "ro" change.</summary>
internal sealed class FuseChange(string typeName, UserNamespace owner) : FileSystemConfig(typeName, owner)
{
    protected override bool TrySet(Caller caller, in FsParameter parameter, out Errno error)
    {
        error = Errno.Success;
        return true;
    }

    protected override Result<FileSystem> Make(Caller caller) => Errno.EINVAL;
}

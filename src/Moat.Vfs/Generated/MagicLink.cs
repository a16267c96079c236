// SPDX-License-Identifier: Apache-2.0
using System.Text;
using Moat.Abi;
using Moat.Base;
using Moat.Vfs.Paths;

namespace Moat.Vfs.Generated;

/// <summary>
/// A link that jumps to a location rather than naming it: /proc/PID/exe, cwd, root, fd/N (proc(5)).
/// </summary>
public abstract class MagicLink(FileSystem fileSystem, uint permissions = 0x1ff)
    : GeneratedInode(fileSystem, FileType.Symlink, permissions)
{
    public sealed override bool IsMagicLink => true;

    public override bool IsCacheable => false;

    /// <summary>Checks that the caller may follow it, and tells where it leads.</summary>
    /// <remarks>For a file without a path: <see cref="VirtualFileSystem.LocationOf"/>.</remarks>
    public abstract override Result<Location> FollowMagicLink(Caller caller);

    /// <summary>The path of the location, as d_path shows it.</summary>
    public override Result<byte[]> ReadLink(Caller caller)
    {
        if (!FollowMagicLink(caller).TryGet(out Location location, out Errno error))
        {
            return error;
        }

        return location.Dentry.AnonymousName is { } name
            ? Encoding.UTF8.GetBytes(name)
            : PathFormatter.Format(location, caller.FileSystem.Root);
    }
}

// SPDX-License-Identifier: Apache-2.0
using System.Collections.Generic;
using System.Text;
using Moat.Abi;
using Moat.Base;
using Moat.Vfs;
using Moat.Vfs.Paths;

namespace Moat.Sandbox.Boot;

/// <summary>
/// linux.maskedPaths and linux.readonlyPaths: mounts over what is already there. Missing paths are skipped.
/// </summary>
internal static class PathMasks
{
    /// <summary>
    /// Shows the paths as empty: directories through an empty file system, files through /dev/null.
    /// </summary>
    internal static void Mask(BootCaller caller, IReadOnlyList<string> paths, FileSystem empty)
    {
        bool hasNull = Find(caller, "/dev/null", out Location nothing);
        foreach (string path in paths)
        {
            if (!Find(caller, path, out Location place))
            {
                continue;
            }

            if (place.Inode.IsDirectory)
            {
                const MountFlags flags = MountFlags.ReadOnly | MountFlags.RelativeAccessTime;
                Check(path, MountNamespace.Attach(new Mount(empty.Root, flags, "tmpfs"), place));
            }
            else if (hasNull)
            {
                Check(path,
                    MountNamespace.Attach(new Mount(nothing.Dentry, MountFlags.None, "tmpfs"), place));
            }
        }
    }

    /// <summary>Makes the paths read-only through a second mount of the same place.</summary>
    internal static void Protect(BootCaller caller, IReadOnlyList<string> paths)
    {
        foreach (string path in paths)
        {
            if (Find(caller, path, out Location place))
            {
                MountFlags flags = MountFlags.ReadOnly | MountFlags.RelativeAccessTime;
                string source = place.Mount.Source;
                Check(path, MountNamespace.Attach(new Mount(place.Dentry, flags, source), place));
            }
        }
    }

    private static bool Find(BootCaller caller, string path, out Location place)
    {
        byte[] name = Encoding.UTF8.GetBytes(path);
        Result<Location> found = PathWalker.Lookup(
            caller, caller.FileSystem.Root, name, LookupFlags.Follow, ResolveFlags.None);
        return found.TryGet(out place, out _);
    }

    private static void Check(string path, Errno error)
    {
        if (error != Errno.Success)
        {
            throw new BootException(125, $"mount {path}: {ErrnoMessages.Get(error)}");
        }
    }
}

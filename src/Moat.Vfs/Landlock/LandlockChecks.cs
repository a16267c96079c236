// SPDX-License-Identifier: Apache-2.0
using Moat.Abi;
using Moat.Abi.Fcntl;
using Moat.Abi.Landlock;
using Moat.Vfs.Paths;

namespace Moat.Vfs.Landlock;

/// <summary>Where Landlock says no. Who is in no domain pays one test.</summary>
/// <remarks>
/// A layer allows what a rule of it allows at the place itself or at any directory above, across mounts; all
/// layers must allow it.
/// </remarks>
public static class LandlockChecks
{
    /// <summary>open(2): EACCES, or whether the new file may be truncated.</summary>
    public static Errno CheckOpen(Credentials who, Location place, OpenFlags flags, out bool mayTruncate,
        bool executes = false)
    {
        mayTruncate = true;
        if (who.Landlock is not { } domain)
        {
            return Errno.Success;
        }

        // Mode 3 gives neither reading nor writing.
        Access access = (flags & OpenFlags.AccessMode) == OpenFlags.AccessMode
            ? 0 : Permissions.Of(flags & ~OpenFlags.Truncate);
        LandlockAccess wanted = executes ? LandlockAccess.Execute : LandlockAccess.None;
        if ((access & Access.Read) != 0)
        {
            wanted |= place.Inode.IsDirectory ? LandlockAccess.ReadDirectory : LandlockAccess.ReadFile;
        }

        wanted |= (access & Access.Write) != 0 ? LandlockAccess.WriteFile : LandlockAccess.None;
        wanted |= (flags & OpenFlags.Truncate) != 0 && place.Inode.Type == FileType.Regular
            ? LandlockAccess.Truncate : LandlockAccess.None;
        LandlockLayers layers = LandlockLayers.Deny(domain, wanted | LandlockAccess.Truncate);
        Walk(domain, place, ref layers);
        mayTruncate = (layers.Denied & LandlockAccess.Truncate) == 0;
        return (layers.Denied & wanted) == 0 ? Errno.Success : Errno.EACCES;
    }

    /// <summary>One right at a place: EACCES.</summary>
    public static Errno Check(Credentials who, Location place, LandlockAccess wanted)
    {
        if (who.Landlock is not { } domain)
        {
            return Errno.Success;
        }

        LandlockLayers layers = LandlockLayers.Deny(domain, wanted);
        Walk(domain, place, ref layers);
        return layers.Denied == 0 ? Errno.Success : Errno.EACCES;
    }

    /// <summary>A new name of some type in a directory: EACCES.</summary>
    internal static Errno CheckMake(Credentials who, Location directory, FileType type) =>
        who.Landlock is null ? Errno.Success : Check(who, directory, ToMake(type));

    /// <summary>A name taken out of a directory: EACCES.</summary>
    internal static Errno CheckRemove(Credentials who, Location directory, bool isDirectory) =>
        who.Landlock is null ? Errno.Success : Check(who, directory,
            isDirectory ? LandlockAccess.RemoveDirectory : LandlockAccess.RemoveFile);

    /// <summary>
    /// link(2) and rename(2). Within one directory the rights to make and remove are enough. Between two,
    /// both must allow it (LANDLOCK_ACCESS_FS_REFER), and nothing may be gained by the new place.
    /// </summary>
    /// <param name="who">Who does it.</param>
    /// <param name="source">What gets another name.</param>
    /// <param name="target">The directory of that name; on the source's mount.</param>
    /// <param name="victim">What has that name already; null for nothing.</param>
    /// <param name="renames">The source loses its name.</param>
    /// <param name="flags">RENAME_EXCHANGE: the victim gets the source's.</param>
    /// <returns>EXDEV when only the change of directory is denied, else EACCES.</returns>
    internal static Errno CheckRefer(Credentials who, Dentry source, Location target, Dentry? victim,
        bool renames, RenameFlags flags = RenameFlags.None)
    {
        if (who.Landlock is not { } domain)
        {
            return Errno.Success;
        }

        bool exchanges = (flags & RenameFlags.Exchange) != 0;
        LandlockAccess atSource = exchanges ? ToMake(victim!.Inode.Type) : LandlockAccess.None;
        LandlockAccess atTarget = ToMake(source.Inode.Type);
        if (renames)
        {
            atSource |= ToRemove(source.Inode);
            atTarget |= victim is null ? LandlockAccess.None : ToRemove(victim.Inode);
        }

        if (source.Parent == target.Dentry)
        {
            return Check(who, target, atSource | atTarget);
        }

        Dentry top = target.Mount.Root;
        LandlockLayers oldPlace = LandlockLayers.Deny(domain, LandlockAccess.All);
        LandlockLayers newPlace = oldPlace;
        LandlockLayers sourceItself = oldPlace;
        LandlockLayers victimItself = oldPlace;
        WalkTo(domain, source == top ? source : source.Parent, top, ref oldPlace);
        WalkTo(domain, target.Dentry, top, ref newPlace);
        sourceItself.Allow(domain, source.Inode);
        LandlockLayers above = LandlockLayers.Deny(domain, LandlockAccess.All);
        Walk(domain, target with { Dentry = top }, ref above);
        Merge(ref oldPlace, above);
        Merge(ref newPlace, above);
        bool gainsNothing = oldPlace.IsWithin(in sourceItself, in newPlace, source.Inode.IsDirectory);
        if (exchanges)
        {
            victimItself.Allow(domain, victim!.Inode);
            gainsNothing &= newPlace.IsWithin(in victimItself, in oldPlace, victim.Inode.IsDirectory);
        }

        LandlockAccess denied = (oldPlace.Denied & (atSource | LandlockAccess.Refer))
            | (newPlace.Denied & (atTarget | LandlockAccess.Refer));
        return (denied & ~LandlockAccess.Refer) != 0 ? Errno.EACCES
            : denied != 0 || !gainsNothing ? Errno.EXDEV : Errno.Success;
    }

    // What both a walk below a mount's root and one from there on leave denied.
    private static void Merge(ref LandlockLayers layers, in LandlockLayers above)
    {
        for (int i = 0; i < LandlockDomain.MaximumDepth; i++)
        {
            layers[i] &= above[i];
        }
    }

    private static void WalkTo(LandlockDomain domain, Dentry from, Dentry top, ref LandlockLayers layers)
    {
        for (Dentry at = from; at != top && !at.IsRoot; at = at.Parent)
        {
            layers.Allow(domain, at.Inode);
        }
    }

    private static void Walk(LandlockDomain domain, Location from, ref LandlockLayers layers)
    {
        Location at = from;
        while (layers.Denied != 0)
        {
            layers.Allow(domain, at.Inode);
            while (at.IsMountRoot)
            {
                // What a mount covers does not count.
                if (at.Mount.Parent is not { } parent || at.Mount.MountPoint is not { } place)
                {
                    return;
                }

                at = new Location(parent, place);
            }

            if (at.Dentry.IsRoot)
            {
                // Not below its mount's root: files without a path, or moved out of a bind mount.
                if (at.Mount.IsInternal)
                {
                    layers = default;
                }

                return;
            }

            at = at with { Dentry = at.Dentry.Parent };
        }
    }

    private static LandlockAccess ToMake(FileType type) => type switch
    {
        FileType.Directory => LandlockAccess.MakeDirectory,
        FileType.Symlink => LandlockAccess.MakeSymlink,
        FileType.CharacterDevice => LandlockAccess.MakeCharacterDevice,
        FileType.BlockDevice => LandlockAccess.MakeBlockDevice,
        FileType.Fifo => LandlockAccess.MakeFifo,
        FileType.Socket => LandlockAccess.MakeSocket,
        _ => LandlockAccess.MakeRegular,
    };

    private static LandlockAccess ToRemove(Inode inode) =>
        inode.IsDirectory ? LandlockAccess.RemoveDirectory : LandlockAccess.RemoveFile;
}

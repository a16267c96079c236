// SPDX-License-Identifier: Apache-2.0
using System;
using Moat.Abi;
using Moat.Base;

namespace Moat.Vfs.Paths;

/// <summary>
/// Walks a path, one component at a time (path_resolution(7)); a walk through cached names allocates nothing.
/// </summary>
/// <remarks>
/// After <see cref="WalkToParent"/>, <see cref="Current"/> is the directory of the last component and
/// <see cref="Last"/> its name; the last component itself has not been looked up.
/// </remarks>
public ref struct PathWalker
{
    /// <summary>NAME_MAX.</summary>
    public const int MaxName = 255;

    /// <summary>PATH_MAX: with the NUL.</summary>
    public const int MaxPath = 4096;
    private const int MaxLinks = 40;

    private readonly Caller _caller;
    private readonly Location _root;
    private readonly Location _start;
    private readonly ResolveFlags _resolve;
    private int _links;
    private bool _startedAtRoot;

    /// <summary>A walk for a caller.</summary>
    /// <param name="caller">Whose credentials and root count.</param>
    /// <param name="start">Where relative paths begin.</param>
    /// <param name="resolve">Restrictions of openat2(2).</param>
    public PathWalker(Caller caller, Location start, ResolveFlags resolve = ResolveFlags.None)
    {
        _caller = caller;
        _resolve = resolve;
        _start = start;
        _root = (resolve & ResolveFlags.InRoot) != 0 ? start : caller.FileSystem.Root;
        Current = start;
    }

    /// <summary>How far the walk has come.</summary>
    public Location Current { get; private set; }

    /// <summary>The last component, when its kind is Normal.</summary>
    public ReadOnlySpan<byte> Last { get; private set; }

    public LastComponent Kind { get; private set; }

    /// <summary>True when slashes followed the last component.</summary>
    public bool TrailingSlash { get; private set; }

    /// <summary>Walks a whole path.</summary>
    public static Result<Location> Lookup(
        Caller caller, Location start, ReadOnlySpan<byte> path, LookupFlags flags,
        ResolveFlags resolve = ResolveFlags.None)
    {
        if (path.IsEmpty)
        {
            return (flags & LookupFlags.EmptyPath) != 0 ? start : Errno.ENOENT;
        }

        var walker = new PathWalker(caller, start, resolve);
        Errno error = walker.WalkToParent(path);
        if (error == Errno.Success)
        {
            error = walker.StepLast((flags & LookupFlags.Follow) != 0);
        }

        if (error != Errno.Success)
        {
            return error;
        }

        return (flags & LookupFlags.Directory) != 0 && !walker.Current.Inode.IsDirectory
            ? Errno.ENOTDIR : walker.Current;
    }

    /// <summary>Walks all components but the last.</summary>
    public Errno WalkToParent(ReadOnlySpan<byte> path)
    {
        if (path.Length >= MaxPath)
        {
            return Errno.ENAMETOOLONG;
        }

        if (path.IsEmpty)
        {
            return Errno.ENOENT;
        }

        if (path[0] == '/')
        {
            Errno error = JumpToRoot(ofLink: _links > 0);
            if (error != Errno.Success)
            {
                return error;
            }

            _startedAtRoot = true;
        }

        Kind = LastComponent.Root;
        TrailingSlash = false;
        Last = default;
        int at = SkipSlashes(path, 0);
        while (at < path.Length)
        {
            int length = path[at..].IndexOf((byte)'/');
            ReadOnlySpan<byte> name = length < 0 ? path[at..] : path.Slice(at, length);
            Errno error = EnterComponent(name);
            if (error != Errno.Success)
            {
                return error;
            }

            int next = SkipSlashes(path, at + name.Length);
            if (next >= path.Length)
            {
                TrailingSlash = next > at + name.Length;
                return Errno.Success;
            }

            error = Step(true);
            if (error != Errno.Success)
            {
                return error;
            }

            if (!Current.Inode.IsDirectory)
            {
                return Errno.ENOTDIR;
            }

            at = next;
        }

        return Errno.Success;
    }

    /// <summary>
    /// Looks the last component up, following a symbolic link there when asked (or before a slash).
    /// </summary>
    public Errno StepLast(bool follow)
    {
        bool needsDirectory = TrailingSlash;
        Errno error = Step(follow || needsDirectory);
        return error == Errno.Success && needsDirectory && !Current.Inode.IsDirectory ? Errno.ENOTDIR : error;
    }

    /// <summary>
    /// Having found a symbolic link as last component: walks its target up to the target's last component.
    /// </summary>
    /// <param name="link">The link, found in <see cref="Current"/>.</param>
    /// <returns>
    /// Success; afterwards Kind is Root when the link was a magic link and Current is its end.
    /// </returns>
    public Errno FollowToParent(Location link)
    {
        Errno error = CountLink(link);
        if (error != Errno.Success)
        {
            return error;
        }

        if (link.Inode.IsMagicLink)
        {
            Kind = LastComponent.Root;
            TrailingSlash = false;
            return Jump(link.Inode);
        }

        bool slash = TrailingSlash;
        Result<byte[]> target = link.Inode.ReadLink(_caller);
        error = target.IsOk ? WalkToParent(target.Value) : target.Error;
        TrailingSlash |= slash;
        return error;
    }

    private static int SkipSlashes(ReadOnlySpan<byte> path, int at)
    {
        while (at < path.Length && path[at] == '/')
        {
            at++;
        }

        return at;
    }

    /// <summary>Checks that the current directory may be searched and sets Last and Kind.</summary>
    private Errno EnterComponent(ReadOnlySpan<byte> name)
    {
        Inode directory = Current.Inode;
        if (!directory.IsDirectory)
        {
            return Errno.ENOTDIR;
        }

        Errno error = directory.FileSystem.IsServed
            ? directory.Refresh(_caller, forPermission: true) : Errno.Success;
        error = error == Errno.Success
            ? Permissions.Check(_caller.Credentials, directory, Access.Execute) : error;
        if (error != Errno.Success)
        {
            return error;
        }

        Last = name;
        Kind = name switch
        {
            [(byte)'.'] => LastComponent.Dot,
            [(byte)'.', (byte)'.'] => LastComponent.DotDot,
            _ => LastComponent.Normal,
        };
        return name.Length > MaxName ? Errno.ENAMETOOLONG : Errno.Success;
    }

    private Errno Step(bool follow)
    {
        switch (Kind)
        {
            case LastComponent.DotDot:
                return StepUp();
            case LastComponent.Normal:
                break;
            default:
                return Errno.Success;
        }

        if (!DentryCache.Lookup(_caller, Current.Dentry, Last).TryGet(out Dentry? dentry, out Errno error))
        {
            return error;
        }

        var found = new Location(Current.Mount, dentry);
        if (dentry.IsMountPoint)
        {
            found = MountNamespace.TopMost(found);
            if (found.Mount != Current.Mount && (_resolve & ResolveFlags.NoCrossDevice) != 0)
            {
                return Errno.EXDEV;
            }
        }

        if (follow && found.Inode.IsSymlink)
        {
            return FollowLink(found);
        }

        Current = found;
        return Errno.Success;
    }

    private Errno FollowLink(Location link)
    {
        Errno error = FollowToParent(link);
        if (error == Errno.Success && Kind != LastComponent.Root)
        {
            bool needsDirectory = TrailingSlash;
            error = Step(true);
            if (error == Errno.Success && needsDirectory && !Current.Inode.IsDirectory)
            {
                error = Errno.ENOTDIR;
            }
        }

        return error;
    }

    private Errno CountLink(Location link)
    {
        if (++_links > MaxLinks || (_resolve & ResolveFlags.NoSymlinks) != 0)
        {
            return Errno.ELOOP;
        }

        return (link.Mount.Flags & MountFlags.NoSymlinkFollow) != 0 ? Errno.ELOOP : Errno.Success;
    }

    private Errno Jump(Inode link)
    {
        if ((_resolve & ResolveFlags.NoMagicLinks) != 0)
        {
            return Errno.ELOOP;
        }

        if ((_resolve & (ResolveFlags.Beneath | ResolveFlags.InRoot)) != 0)
        {
            return Errno.EXDEV;
        }

        if (!link.FollowMagicLink(_caller).TryGet(out Location target, out Errno error))
        {
            return error;
        }

        if ((_resolve & ResolveFlags.NoCrossDevice) != 0 && target.Mount != Current.Mount)
        {
            return Errno.EXDEV;
        }

        Current = target;
        return Errno.Success;
    }

    // With RESOLVE_NO_XDEV Linux refuses an absolute link in a relative walk even when the root lies on the
    // same mount: it has not looked at the root yet when it compares (fs/namei.c, nd_jump_root).
    private Errno JumpToRoot(bool ofLink)
    {
        bool crosses = ofLink && !_startedAtRoot && (_resolve & ResolveFlags.InRoot) == 0;
        if ((_resolve & ResolveFlags.Beneath) != 0
            || ((_resolve & ResolveFlags.NoCrossDevice) != 0
            && (crosses || (ofLink && _root.Mount != Current.Mount))))
        {
            return Errno.EXDEV;
        }

        Current = _root;
        return Errno.Success;
    }

    private Errno StepUp()
    {
        Location at = Current;
        if ((_resolve & ResolveFlags.Beneath) != 0 && at == _start)
        {
            return Errno.EXDEV;
        }

        while (at != _root)
        {
            if (at.Dentry != at.Mount.Root)
            {
                // Whoever renames a directory out of a bind mount opens no way to what lies around it.
                if (!at.Mount.Root.IsRoot && !PathFormatter.IsWithin(at.Dentry.Parent, at.Mount.Root))
                {
                    return Errno.ENOENT;
                }

                Current = MountNamespace.TopMost(at with { Dentry = at.Dentry.Parent });
                return Current.Mount == at.Mount || (_resolve & ResolveFlags.NoCrossDevice) == 0
                    ? Errno.Success : Errno.EXDEV;
            }

            if (!at.Mount.TryGetPlace(out Location below))
            {
                break;
            }

            if ((_resolve & ResolveFlags.NoCrossDevice) != 0)
            {
                return Errno.EXDEV;
            }

            at = below;
        }

        return Errno.Success;
    }
}

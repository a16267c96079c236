// SPDX-License-Identifier: Apache-2.0
using System.Text;
using Moat.Abi;
using Moat.Base;
using Moat.Vfs.Notify;
using Moat.Vfs.Paths;

namespace Moat.Vfs;

/// <summary>An open file that came from a path: knows its location and keeps its inode in use.</summary>
public abstract class InodeFile : OpenFile
{
    private readonly Location _location;

    /// <summary>An open file at a location.</summary>
    /// <param name="location">What the guest opened.</param>
    /// <param name="flags">O_* flags.</param>
    /// <param name="inode">The inode that is read and written, where an overlay shows it as another
    /// one.</param>
    protected InodeFile(Location location, OpenFlags flags, Inode? inode = null)
        : base(flags)
    {
        _location = location;
        Inode = inode ?? location.Inode;
        Inode.AddUse();
        if (Inode == location.Inode && (flags & OpenFlags.Path) == 0)
        {
            WatchSpace = location.Dentry.FileSystem;
        }

        if (IsWriter)
        {
            location.Inode.AddWriter();
        }
        else if (IsReader)
        {
            location.Inode.AddReader();
        }
    }

    /// <inheritdoc/>
    public sealed override Location? Location => _location;

    /// <summary>The inode.</summary>
    public Inode Inode { get; }

    /// <summary>False where nothing may be mapped for execution.</summary>
    protected bool MayExecute => (_location.Mount.Flags & MountFlags.NoExecute) == 0;

    // Descriptors with O_PATH do not give access, whatever else they say; a layer's file below an overlay's
    // is the same open as that one.
    private bool GivesAccess => (Flags & OpenFlags.Path) == 0 && Inode == _location.Inode;

    private bool IsWriter => CanWrite && GivesAccess;

    private bool IsReader => CanRead && GivesAccess;

    /// <inheritdoc/>
    public override Result<InodeAttributes> GetAttributes()
    {
        Errno error = Inode.GetAttributes(out InodeAttributes attributes);
        return error == Errno.Success ? attributes : error;
    }

    /// <inheritdoc/>
    public override Result<InodeAttributes> GetAttributes(Caller caller)
    {
        Errno error = Inode.FileSystem.IsServed ? Inode.Refresh(caller, forPermission: false) : Errno.Success;
        return error == Errno.Success ? GetAttributes() : error;
    }

    /// <summary>Its path, for /proc/PID/maps.</summary>
    protected string MappedNameFor(Caller caller) =>
        Encoding.UTF8.GetString(PathFormatter.Format(_location, caller.FileSystem.Root));

    /// <inheritdoc/>
    public override Errno OnDescriptorClosed(Caller caller)
    {
        Inode.ExistingLocks?.ReleaseOwner(caller.Files);
        return Errno.Success;
    }

    /// <inheritdoc/>
    protected override void Destroy()
    {
        if (WatchSpace is not null)
        {
            FileNotify.Closed(this);
        }

        Inode.ExistingLocks?.ReleaseOwner(this);
        if (IsWriter)
        {
            _location.Inode.DropWriter();
        }
        else if (IsReader)
        {
            _location.Inode.DropReader();
        }

        Inode.DropUse();
    }
}

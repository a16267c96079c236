// SPDX-License-Identifier: Apache-2.0
using System.Text;
using Moat.Abi;
using Moat.Abi.Fcntl;
using Moat.Base;
using Moat.Vfs;

namespace Moat.FileSystems.Overlay;

/// <summary>
/// The copy of a regular file before it gets its place: nobody sees it half done, and content is copied
/// without the lock of names.
/// </summary>
/// <remarks>
/// Invariants: in an upper tree that has a work directory it has a name there, otherwise none. It is
/// published or abandoned, once.
/// </remarks>
internal sealed class OverlayStage
{
    private readonly OverlayFileSystem _overlay;
    private readonly Inode _upper;
    private readonly byte[]? _name;
    private OpenFile? _open;

    private OverlayStage(OverlayFileSystem overlay, Inode upper, byte[]? name)
    {
        _overlay = overlay;
        _upper = upper;
        _name = name;
    }

    /// <summary>False for a copy without a name, which is all that a file without a name needs.</summary>
    internal bool HasName => _name is not null;

    /// <summary>Copies a file.</summary>
    /// <param name="caller">On whose behalf.</param>
    /// <param name="inode">The file; it has no upper inode.</param>
    /// <param name="length">How much of the content is needed.</param>
    /// <param name="nameless">It will get no place.</param>
    internal static Result<OverlayStage> Make(Caller caller, OverlayInode inode, long length, bool nameless)
    {
        OverlayFileSystem overlay = inode.Overlay;
        Inode lower = inode.Lowers[0];
        Errno error = OverlayContent.LowerAttributes(overlay, lower, out InodeAttributes attributes);
        if (error != Errno.Success)
        {
            return error;
        }

        var creation = new InodeCreation
        {
            Mode = attributes.Mode, Uid = attributes.Uid, Gid = attributes.Gid, Acls = lower.Acls,
        };
        byte[]? name = overlay.Work is null || nameless ? null : overlay.NextStageName();
        Result<Inode> made = name is null
            ? overlay.UpperRoot.CreateTemporary(caller, creation)
            : overlay.Work!.Create(caller, name, creation);
        if (!made.TryGet(out Inode? upper, out error))
        {
            return error;
        }

        var stage = new OverlayStage(overlay, upper, name);
        error = stage.Fill(caller, lower, attributes, length);
        if (error != Errno.Success)
        {
            stage.Abandon(caller);
            return error;
        }

        return stage;
    }

    /// <summary>
    /// Gives it its place and makes it the inode's upper one. CopyUpLock is held, the parent has been copied.
    /// </summary>
    internal Errno Publish(Caller caller, OverlayInode inode, OverlayPlace? place)
    {
        Errno error = Errno.Success;
        if (place is not null)
        {
            Inode parent = place.Parent.Upper!;
            error = _name is null
                ? parent.Link(caller, place.Name, _upper)
                : _overlay.Work!.Rename(
                    caller, _name, _upper, parent, place.Name, null, RenameFlags.None);
        }

        if (error != Errno.Success)
        {
            Abandon(caller);
            return error;
        }

        // A file without a name lasts as long as it is open: then the inode keeps it so.
        inode.SetUpper(_upper, place is null ? _open : null);
        _open = place is null ? null : _open;
        Close();
        return Errno.Success;
    }

    /// <summary>It is not needed after all.</summary>
    internal void Abandon(Caller caller)
    {
        if (_name is not null)
        {
            _ = _overlay.Work!.Unlink(caller, _name, _upper);
        }

        Close();
    }

    private void Close()
    {
        _open?.Release();
        _open = null;
        if (_name is null)
        {
            // The use with which it was made.
            _upper.DropUse();
        }
    }

    private Errno Fill(Caller caller, Inode lower, in InodeAttributes attributes, long length)
    {
        Location location = OverlayContent.PlaceOf(_overlay, _upper);
        Result<OpenFile> opened = _upper.Open(caller, location, OpenFlags.ReadWrite);
        if (!opened.TryGet(out _open, out Errno error))
        {
            return error;
        }

        error = _open is SeekableFile target
            ? OverlayContent.Copy(
                caller, _overlay, lower, target, _upper, System.Math.Min(length, attributes.Size))
            : Errno.EIO;
        error = error != Errno.Success ? error
            : OverlayContent.CopyAttributes(caller, lower, _upper, attributes);

        // As on Linux: the copy hides the file below, so it must not be less than that after a power failure.
        return error == Errno.Success && HasName && attributes.Size > 0
            ? _open.Sync(caller, dataOnly: false) : error;
    }
}

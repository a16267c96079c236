// SPDX-License-Identifier: Apache-2.0
using Moat.Abi;
using Moat.Base;

namespace Moat.Vfs;

/// <summary>
/// Stands for an open file without a path where a path walk needs an inode (/proc/PID/fd/N).
/// </summary>
/// <remarks>
/// Invariants: holds no reference to the file: when it is gone, so is what the link led to.
/// </remarks>
public sealed class OpenFileInode : Inode
{
    private readonly OpenFile _file;

    internal OpenFileInode(VirtualFileSystem vfs, OpenFile file)
        : base(vfs.AnonymousFileSystem, TypeOf(file)) => _file = file;

    public override Errno GetAttributes(out InodeAttributes attributes)
    {
        attributes = default;
        if (!_file.TryAddReference())
        {
            return Errno.ENOENT;
        }

        Result<InodeAttributes> result = _file.GetAttributes();
        _file.Release();
        return result.TryGet(out attributes, out Errno error) ? Errno.Success : error;
    }

    public override Result<OpenFile> Open(Caller caller, Location location, OpenFlags flags)
    {
        if (!_file.TryAddReference())
        {
            return Errno.ENOENT;
        }

        Result<OpenFile> result = _file.Reopen(caller, flags);
        _file.Release();
        return result;
    }

    /// <summary>Only the size can be set: O_TRUNC.</summary>
    public override Errno SetAttributes(Caller caller, in AttributeChange change)
    {
        if (change.Valid != AttributeChange.Fields.Size || !_file.TryAddReference())
        {
            return Errno.EPERM;
        }

        Errno error = _file.Truncate(caller, change.Size);
        _file.Release();
        return error;
    }

    private static FileType TypeOf(OpenFile file) =>
        file.GetAttributes().TryGet(out InodeAttributes attributes, out _)
            ? StatMode.TypeOf(attributes.Mode) : FileType.None;
}

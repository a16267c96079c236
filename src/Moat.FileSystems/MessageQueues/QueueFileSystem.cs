// SPDX-License-Identifier: Apache-2.0
using Moat.Base;
using Moat.Kernel.Ipc;
using Moat.Vfs;

namespace Moat.FileSystems.MessageQueues;

/// <summary>The mqueue file system: one per IPC namespace, mounted or not (mq_overview(7)).</summary>
public sealed class QueueFileSystem : FileSystem
{
    private const ulong MqueueMagic = 0x19800202;
    private readonly QueueDirectory _root;
    private readonly Mount _mount;

    private QueueFileSystem(VirtualFileSystem vfs, IpcNamespace space)
        : base(vfs)
    {
        _root = new QueueDirectory(this, space.PosixQueues);
        _mount = new Mount(Root, 0, "mqueue") { IsInternal = true };
    }

    /// <inheritdoc/>
    public override string TypeName => "mqueue";

    /// <inheritdoc/>
    public override bool CachesMissingNames => false;

    /// <summary>Where the calls find queues, whatever is mounted where.</summary>
    public Location Top => _mount.RootLocation;

    /// <summary>All queues.</summary>
    public QueueDirectory Directory => _root;

    /// <inheritdoc/>
    protected override Inode RootInode => _root;

    /// <summary>The instance of a namespace.</summary>
    public static QueueFileSystem Of(VirtualFileSystem vfs, IpcNamespace space)
    {
        if (space.QueueFiles is null)
        {
            space.TrySetQueueFiles(new QueueFileSystem(vfs, space));
        }

        return (QueueFileSystem)space.QueueFiles!;
    }

    /// <inheritdoc/>
    public override Result<FileSystemStatistics> GetStatistics() =>
        new FileSystemStatistics { Magic = MqueueMagic, BlockSize = 4096, NameLength = 255 };
}

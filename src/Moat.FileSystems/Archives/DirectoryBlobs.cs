// SPDX-License-Identifier: Apache-2.0
using System.Text;
using Moat.Abi;
using Moat.Base;
using Moat.FileSystems.HostFs;
using Moat.FileSystems.Images;
using Moat.Host.Files;

namespace Moat.FileSystems.Archives;

/// <summary>The files of a container image in a directory of the host; no links are followed.</summary>
internal sealed class DirectoryBlobs(int directory) : IBlobs
{
    public ImageRegion? Find(string path)
    {
        const OpenFlags Flags = OpenFlags.ReadOnly | OpenFlags.CloseOnExec | OpenFlags.NonBlock
            | OpenFlags.NoFollow | OpenFlags.NoControllingTerminal;
        Result<int> opened = HostPath.Open(
            directory, Encoding.UTF8.GetBytes(path), Flags, 0, HostAttributes.OneStep);
        if (!opened.TryGet(out int fd, out _))
        {
            return null;
        }

        Errno error = HostPath.Stat(fd, [], HostPath.EmptyPath, out HostStatx stat);
        if (error != Errno.Success || StatMode.TypeOf(stat.Mode) != FileType.Regular
            || stat.Size > long.MaxValue)
        {
            _ = HostFile.Close(fd);
            return null;
        }

        // Layers stay open for good; the few small files beside them do no harm.
        return ImageRegion.All(new ImageSource(fd, (long)stat.Size));
    }
}

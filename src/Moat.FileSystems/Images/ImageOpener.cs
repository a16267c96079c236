// SPDX-License-Identifier: Apache-2.0
using Moat.Abi;
using Moat.Base;
using Moat.FileSystems.Archives;
using Moat.FileSystems.Erofs;
using Moat.Host.Files;
using Moat.Vfs;

namespace Moat.FileSystems.Images;

/// <summary>Opens images of all formats, which it tells apart by their content.</summary>
public static class ImageOpener
{
    /// <summary>Opens what is behind a descriptor, which the image keeps, or which is closed.</summary>
    /// <param name="vfs">The sandbox's registry.</param>
    /// <param name="fd">A file that is open for reading, or a directory.</param>
    /// <param name="options">Limits.</param>
    /// <returns>The image; nothing for an ordinary directory; or what is wrong.</returns>
    public static ImageOpening Open(VirtualFileSystem vfs, int fd, ImageOptions options)
    {
        Errno error = HostPath.Stat(fd, [], HostPath.EmptyPath, out HostStatx stat);
        if (error != Errno.Success)
        {
            return ImageOpening.Failed(ErrnoMessages.Get(error));
        }

        if (StatMode.TypeOf(stat.Mode) == FileType.Directory)
        {
            return options.MayBeLayout ? ArchiveOpener.OpenLayout(vfs, fd, options) : ImageOpening.None;
        }

        if (StatMode.TypeOf(stat.Mode) != FileType.Regular || stat.Size > long.MaxValue)
        {
            return ImageOpening.Failed("neither a directory nor a regular file");
        }

        var source = new ImageSource(fd, (long)stat.Size);
        if (!ErofsFileSystem.IsErofs(source))
        {
            return ArchiveOpener.Open(vfs, source, options);
        }

        ErofsFileSystem? image = ErofsFileSystem.Create(vfs, source, options, out string problem);
        if (image is not null)
        {
            return new ImageOpening(image);
        }

        source.Close();
        return ImageOpening.Failed(problem);
    }
}

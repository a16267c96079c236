// SPDX-License-Identifier: Apache-2.0
using System;
using System.Diagnostics;
using System.IO;
using Moat.Abi;
using Moat.FileSystems.Images;
using Moat.Host.Files;
using Moat.Vfs;
using Xunit;

namespace Moat.FileSystems.Tests;

/// <summary>Makes images of a sample tree with the programs that others make them with.</summary>
internal static class ImageFiles
{
    // Files of all kinds and sizes around a block's; content that compresses and content that does not.
    private const string Sample = """
        set -e
        mkdir -p tree/dir/deep/er tree/many tree/empty
        cd tree
        printf small >small
        : >nothing
        seq 1 20000 >numbers
        head -c 4096 /dev/urandom >block
        head -c 4097 /dev/urandom >block1
        head -c 300000 /dev/urandom >random
        head -c 3000000 /dev/zero >zeros
        (seq 1 3000; head -c 50000 /dev/urandom; seq 1 9000) >mixed
        i=0; while [ $i -lt 400 ]; do echo $i >many/file-number-$i; i=$((i + 1)); done
        ln small dir/hard
        ln -s ../small dir/soft
        ln -s /absolute/path/that/is/rather/long/and/does/not/exist/anywhere/at/all dangling
        chmod 4755 block; chmod 1777 empty; chown 12:345 numbers; chown 70000:80000 block1
        mkfifo fifo
        mknod character c 1 3
        mknod block-device b 259 70000
        touch -d '2001-02-03 04:05:06.789' numbers
        touch -d '1969-12-31 23:59:58' nothing
        python3 - <<'EOF'
        import os
        os.setxattr('small', 'user.name', b'value')
        os.setxattr('numbers', 'user.name', b'value')
        os.setxattr('dir', 'user.longer.name', b'x' * 300)
        for i in range(20):
            os.setxattr(f'many/file-number-{i}', 'user.shared', b'the same for all of them')
        EOF
        """;

    /// <summary>A tree in the directory tree below the given one.</summary>
    internal static void MakeSample(string directory) => Run(directory, Sample);

    /// <summary>Runs a script in a directory.</summary>
    internal static void Run(string directory, string script)
    {
        var start = new ProcessStartInfo("/bin/sh", ["-c", script])
        {
            WorkingDirectory = directory, RedirectStandardOutput = true, RedirectStandardError = true,
        };
        using Process process = Process.Start(start)!;
        _ = process.StandardOutput.ReadToEndAsync();
        string errors = process.StandardError.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, errors);
    }

    /// <summary>Opens a file or directory of the host as an image.</summary>
    internal static ImageOpening Open(VirtualFileSystem vfs, string path, ImageOptions? options = null)
    {
        OpenFlags flags = Directory.Exists(path) ? OpenFlags.Path : OpenFlags.ReadOnly;
        int fd = HostPath.Open(
            HostPath.CurrentDirectory, World.Bytes(path), flags | OpenFlags.CloseOnExec).Value;
        return ImageOpener.Open(vfs, fd, options ?? new ImageOptions { MayBeLayout = true });
    }

    /// <summary>Opens an image that is no file any more.</summary>
    internal static ImageOpening OpenBytes(byte[] image, ImageOptions options)
    {
        string path = Path.GetTempFileName();
        File.WriteAllBytes(path, image);
        ImageOpening opened = Open(new VirtualFileSystem(), path, options);
        File.Delete(path);
        return opened;
    }

    /// <summary>The same, where nothing may be wrong.</summary>
    internal static FileSystem Need(VirtualFileSystem vfs, string path)
    {
        ImageOpening opened = Open(vfs, path);
        Assert.Null(opened.Problem);
        return opened.FileSystem ?? throw new InvalidOperationException("no image");
    }

    /// <summary>What the sample looks like through an image that a script makes of it, as "image".</summary>
    internal static void CheckSample(string script, bool withNanoseconds = true)
    {
        string expected = "";
        using var image = new World((world, directory) =>
        {
            MakeSample(directory);
            Run(directory, script);
            using var host = new World((inner, _) =>
            {
                int fd = HostPath.Open(HostPath.CurrentDirectory, World.Bytes(directory + "/tree"),
                    OpenFlags.Path | OpenFlags.Directory | OpenFlags.CloseOnExec).Value;
                return HostFs.HostFileSystem.Create(
                    inner.Vfs, fd, new HostFs.HostFileSystemOptions
                    {
                        IsExclusive = true, MaxIdleFiles = 4, MaxDirectoryHandles = 4,
                    }).Value;
            });
            expected = ImageSnapshot.Take(host, withNanoseconds);
            return Need(world.Vfs, directory + "/image");
        });
        Assert.Equal(expected, ImageSnapshot.Take(image, withNanoseconds));
        Assert.Contains("/many/file-number-399 ", expected, StringComparison.Ordinal);
    }
}

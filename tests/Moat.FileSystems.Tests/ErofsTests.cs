// SPDX-License-Identifier: Apache-2.0
using System;
using System.IO;
using Moat.Abi;
using Moat.Base;
using Moat.FileSystems.Images;
using Moat.Memory;
using Moat.Vfs;
using Xunit;

namespace Moat.FileSystems.Tests;

/// <summary>EROFS images as mkfs.erofs makes them, and broken ones.</summary>
public sealed class ErofsTests
{
    [Theory]
    [InlineData("")]
    [InlineData("-Eforce-inode-compact -T1000000000", true)]
    [InlineData("-Enoinline_data")]
    [InlineData("-x1")]
    [InlineData("--chunksize=4096")]
    [InlineData("--chunksize=65536")]
    [InlineData("--chunksize=4096 -Eforce-chunk-indexes")]
    [InlineData("-zlz4")]
    [InlineData("-zlz4hc")]
    [InlineData("-zlz4 -Elegacy-compress")]
    [InlineData("-zlz4 -C65536")]
    [InlineData("-zlz4hc -C16384 -Elegacy-compress")]
    [InlineData("-zlz4 --max-extent-bytes=65536")]
    public void Shows_what_the_image_was_made_of(string options, bool sameTime = false)
    {
        string touch = sameTime
            ? "chown -h 1:2 tree/block1 && find tree -exec touch -h -d @1000000000 {} + && " : "";
        ImageFiles.CheckSample($"{touch}mkfs.erofs --quiet {options} image tree");
    }

    [Theory]
    [InlineData("-zlz4 -Eztailpacking", "ztailpacking")]
    [InlineData("--blobdev=blob --chunksize=4096", "device_table")]
    public void What_is_not_read_is_named(string options, string expected)
    {
        using var world = new World("host", directory =>
        {
            ImageFiles.MakeSample(directory);
            ImageFiles.Run(directory, $"truncate -s 10M blob; mkfs.erofs --quiet {options} image tree");
        });
        ImageOpening opened = ImageFiles.Open(world.Vfs, world.HostDirectory + "/image");
        Assert.Null(opened.FileSystem);
        Assert.Contains(expected, opened.Problem, StringComparison.Ordinal);
        Assert.Contains("which moat does not read", opened.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void Nothing_can_be_changed()
    {
        using var world = Make("");
        Assert.Equal(Errno.EROFS, world.OpenError("small", OpenFlags.WriteOnly));
        Assert.Equal(Errno.EROFS, world.OpenError("new", OpenFlags.Create));
        Assert.Equal(Errno.EROFS, world.Mkdir("d"));
        Assert.Equal(Errno.EROFS, world.Unlink("small"));
        Assert.Equal(Errno.ENOENT, world.OpenError("missing"));
        Assert.Equal(Errno.ENOENT, world.OpenError("dangling"));
        Assert.Equal("small", world.Read("dir/soft"));
    }

    [Fact]
    public void Names_of_one_file_lead_to_one_inode()
    {
        using var world = Make("");
        Assert.Same(world.Find("small").Inode, world.Find("dir/hard").Inode);
        Assert.Equal(2u, world.Stat("small").Value.LinkCount);
    }

    [Theory]
    [InlineData("", true)]
    [InlineData("-Enoinline_data", true)]
    [InlineData("--chunksize=65536", true)]
    [InlineData("-zlz4", false)]
    public void Whole_pages_are_mapped_from_the_image_itself(string options, bool isDirect)
    {
        using var world = Make(options);
        foreach (string name in new[] { "random", "numbers", "block" })
        {
            OpenFile file = world.Open(name).Value;
            MemoryObject memory = file.GetMemoryObject(world.Caller, false, false, true).Value;
            long size = world.Stat(name).Value.Size;
            if (isDirect || name == "numbers")
            {
                // What does not compress stands in an image of compressed files as it is.
                Assert.Equal(isDirect, memory.HostLength != ulong.MaxValue);
            }

            if (isDirect)
            {
                Assert.Equal(0ul, memory.KeptAs);
                Assert.InRange(memory.HostLength, (ulong)size & ~4095ul, ((ulong)size + 4095) & ~4095ul);
            }

            memory.Release();
            file.Release();
        }
    }

    [Fact]
    public void Broken_images_break_nothing_else()
    {
        string[] kinds = ["", "-zlz4", "-zlz4 -Elegacy-compress -C65536", "--chunksize=4096"];
        foreach (string options in kinds)
        {
            byte[] image = Small(options);
            for (int seed = 0; seed < 500; seed++)
            {
                Check(image, seed);
            }
        }
    }

    [Fact]
    public void Directories_are_never_below_themselves()
    {
        byte[] image = Small("");
        int at = image.AsSpan().IndexOf("loop-here"u8);
        Assert.True(at > 0);
        using var world = new World("host");
        string path = world.HostDirectory + "/image";

        // The entry of the directory loop-here leads to the root.
        ulong root = BitConverter.ToUInt16(image, 1024 + 14);
        int found = 0;
        for (int start = (at & ~3) - 12; start > at - 4000 && found == 0; start -= 4)
        {
            int names = BitConverter.ToUInt16(image, start + 8);
            for (int i = 0; names % 12 == 0 && i < names / 12 && start + names <= at; i++)
            {
                if (start + BitConverter.ToUInt16(image, start + (i * 12) + 8) == at)
                {
                    BitConverter.TryWriteBytes(image.AsSpan(start + (i * 12)), root);
                    found++;
                }
            }
        }

        Assert.Equal(1, found);
        image[1024 + 8] &= 0xfe;
        File.WriteAllBytes(path, image);
        FileSystem files = ImageFiles.Need(world.Vfs, path);
        Assert.Equal(Errno.ELOOP, files.Root.Inode.Lookup(world.Caller, "loop-here"u8).Error);
        Assert.True(files.Root.Inode.Lookup(world.Caller, "numbers"u8).IsOk);
    }

    [Fact]
    public void Large_directories_are_listed_once_for_all()
    {
        using var world = new World((inner, directory) =>
        {
            ImageFiles.Run(directory, """
                python3 - <<'EOF'
                import os
                os.makedirs('tree/many')
                for i in range(20000):
                    open(f'tree/many/{i:05}', 'w').close()
                EOF
                mkfs.erofs --quiet image tree
                """);
            return ImageFiles.Need(inner.Vfs, directory + "/image");
        });
        DirectoryListing first = world.Find("many").Inode.List(world.Caller).Value;
        Assert.Equal(20000, first.Count);
        Assert.Same(first, world.Find("many").Inode.List(world.Caller).Value);
        Assert.Equal(Errno.Success, world.OpenError("many/19999"));
        Assert.Equal(Errno.ENOENT, world.OpenError("many/20000"));
        Assert.Equal(Errno.ENOENT, world.OpenError("many/0"));
    }

    private static void Check(byte[] image, int seed)
    {
        var random = new Random(seed);
        byte[] broken = (byte[])image.Clone();
        int changes = 1 + random.Next(12);
        for (int i = 0; i < changes; i++)
        {
            // Half of it where the superblock and inodes are.
            int at = random.Next(2) == 0 ? 1024 + random.Next(128) : random.Next(broken.Length);
            broken[at] = (byte)random.Next(256);
        }

        // Without a checksum, or nothing that is broken would be looked at.
        broken[1024 + 8] &= 0xfe;
        ImageOpening opened = ImageFiles.OpenBytes(broken, new ImageOptions { CopyBytes = 1 << 20 });
        Assert.NotEqual(opened.FileSystem is null, opened.Problem is null);
        if (opened.FileSystem is not null)
        {
            using var inside = new World((_, _) => opened.FileSystem);
            Assert.True(ImageSnapshot.Touch(inside) > 0);
            opened.FileSystem.Close();
        }
    }

    private static World Make(string options) => new((world, directory) =>
    {
        ImageFiles.MakeSample(directory);
        ImageFiles.Run(directory, $"mkfs.erofs --quiet {options} image tree");
        return ImageFiles.Need(world.Vfs, directory + "/image");
    });

    private static byte[] Small(string options)
    {
        using var world = new World("host", directory => ImageFiles.Run(directory, $"""
            mkdir -p tree/loop-here/below
            seq 1 20000 >tree/numbers
            head -c 20000 /dev/zero | tr '\\0' x >tree/same
            head -c 5000 /dev/urandom >tree/loop-here/random
            ln tree/same tree/other
            ln -s same tree/link
            python3 -c "import os; os.setxattr('tree/numbers', 'user.name', b'value')"
            mkfs.erofs --quiet {options} image tree
            """));
        return File.ReadAllBytes(world.HostDirectory + "/image");
    }
}

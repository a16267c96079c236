// SPDX-License-Identifier: Apache-2.0
using System;
using System.IO;
using Moat.Abi;
using Moat.Base;
using Moat.FileSystems.Images;
using Moat.Vfs;
using Xunit;

namespace Moat.FileSystems.Tests;

/// <summary>Tars as GNU tar and Python make them, and broken ones.</summary>
public sealed class ArchiveTests
{
    // What older formats cannot hold: extended attributes, times before 1970.
    private const string Forget = """
        touch -d @5 tree/nothing
        python3 - <<'EOF'
        import os
        for at, dirs, files in os.walk('tree'):
            for path in [at] + [at + '/' + name for name in files]:
                for attribute in os.listxattr(path, follow_symlinks=False):
                    os.removexattr(path, attribute, follow_symlinks=False)
        EOF

        """;

    [Theory]
    [InlineData("--format=posix --xattrs", true)]
    [InlineData("--format=posix --xattrs -z", true)]
    [InlineData("--format=posix --xattrs --sort=name --no-recursion -T ../list", true)]
    [InlineData("--format=gnu", false)]
    [InlineData("--format=ustar", false)]
    public void Shows_what_the_tar_was_made_of(string options, bool all)
    {
        ImageFiles.CheckSample(
            (all ? "" : Forget) + $"cd tree; find . >../list; tar {options} -cf ../image "
            + (options.Contains("-T", StringComparison.Ordinal) ? "" : "."), withNanoseconds: all);
    }

    [Theory]
    [InlineData("add('../out', b'x')", "'..' in its name")]
    [InlineData("add('a/../../out', b'x')", "'..' in its name")]
    [InlineData("add('a', b'x'); add('a/b', b'y')", "a file stands where a directory is needed")]
    [InlineData("link('a', 'missing')", "a hard link to something that is not there")]
    [InlineData("link('a', '../../etc/passwd')", "a hard link to something that is not there")]
    [InlineData("sym('a', 'b'); sym('b', 'a'); add('a/c', b'x')", "too many symbolic links")]
    [InlineData("add('d/' * 1100 + 'x', b'')", "nested too deeply")]
    [InlineData("add('n' * 256, b'')", "too long")]
    [InlineData("add('a', b'x' * 2000); cut(1100)", "ends within a file")]
    [InlineData("add('a', b'x'); t.fileobj.write(b'rubbish' * 100)", "a header's sum is wrong")]
    [InlineData("kind('a', b'S')", "sparse")]
    [InlineData("kind('a', b'Z')", "type 0x5a is not known")]
    [InlineData("for i in range(60): add('e%d' % i, b'')", "more than 50 files")]
    [InlineData("add('/'.join('d%d' % i for i in range(60)), b'')", "more than 50 files")]
    public void Hostile_tars_are_refused_with_a_reason(string script, string expected)
    {
        using var world = new World("host", directory => ImageFiles.Run(directory, Python(script)));
        int most = expected.StartsWith("more than", StringComparison.Ordinal) ? 50 : 100_000;
        ImageOpening opened = ImageFiles.Open(
            world.Vfs, world.HostDirectory + "/image", new ImageOptions { MostEntries = most });
        Assert.Null(opened.FileSystem);
        Assert.Contains(expected, opened.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void Odd_tars_are_read_as_they_would_be_unpacked()
    {
        using var world = Make("""
            add('/absolute', b'1'); add('./dot', b'2'); add('twice', b'old'); add('twice', b'new')
            sym('lib', 'usr/lib'); add('usr/lib/one', b'1'); add('lib/two', b'2')
            sym('out', '../../../etc'); add('out/passwd', b'inside')
            add('t', b'file'); sym('t', 'dot'); link('h', 'absolute'); link('h2', 'h')
            """);
        Assert.Equal("1", world.Read("absolute"));
        Assert.Equal("2", world.Read("t"));
        Assert.Equal("new", world.Read("twice"));
        Assert.Equal(["one", "two"], world.List("usr/lib"));
        Assert.Equal("inside", world.Read("etc/passwd"));
        Assert.Equal(3u, world.Stat("h2").Value.LinkCount);
        Assert.Same(world.Find("absolute").Inode, world.Find("h2").Inode);
        Assert.Equal(Errno.EROFS, world.OpenError("dot", OpenFlags.WriteOnly));
    }

    [Theory]
    [InlineData("xz", "\\3757zXZ\\000rest-of-it")]
    [InlineData("bzip2", "BZh91AY&SY")]
    [InlineData("neither an EROFS image nor a tar", "just some text")]
    public void What_is_not_read_is_named(string expected, string content)
    {
        using var world = new World("host", directory =>
            ImageFiles.Run(directory, $"printf '{content}' >image; head -c 2000 /dev/zero >>image"));
        Assert.Contains(
            expected, ImageFiles.Open(world.Vfs, world.HostDirectory + "/image").Problem,
            StringComparison.Ordinal);
    }

    [Fact]
    public void What_inflates_without_end_is_refused()
    {
        using var world = new World("host", directory =>
            ImageFiles.Run(directory, "head -c 64M /dev/zero | gzip >image"));
        var options = new ImageOptions { InflatedBytes = 1 << 20 };
        ImageOpening opened = ImageFiles.Open(world.Vfs, world.HostDirectory + "/image", options);
        Assert.Contains("inflates to more", opened.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void Broken_tars_break_nothing_else()
    {
        byte[] image;
        using (var world = new World("host", directory => ImageFiles.Run(directory, Python("""
            add('dir/file', b'x' * 3000); sym('link', 'dir/file'); link('hard', 'dir/file')
            add('n' * 150, b'long name'); add('last', b'y' * 600)
            """))))
        {
            image = File.ReadAllBytes(world.HostDirectory + "/image");
        }

        int opened = 0;
        for (int seed = 0; seed < 2000; seed++)
        {
            opened += Check(image, seed) ? 1 : 0;
        }

        Assert.InRange(opened, 10, 1990);
    }

    private static bool Check(byte[] image, int seed)
    {
        var random = new Random(seed);
        byte[] broken = (byte[])image.Clone();
        for (int i = random.Next(6); i >= 0; i--)
        {
            int header = random.Next(broken.Length / 512) * 512;
            broken[random.Next(2) == 0 ? header + random.Next(345) : random.Next(broken.Length)] =
                (byte)(random.Next(2) == 0 ? '0' + random.Next(8) : random.Next(256));
        }

        // With right sums, or nothing behind a header would be looked at.
        for (int at = 0; at + 512 <= broken.Length && random.Next(8) > 0; at += 512)
        {
            if (broken.AsSpan(at + 257).StartsWith("ustar"u8))
            {
                broken.AsSpan(at + 148, 8).Fill((byte)' ');
                int sum = 0;
                foreach (byte value in broken.AsSpan(at, 512))
                {
                    sum += value;
                }

                World.Bytes(Convert.ToString(sum, 8).PadLeft(6, '0') + "\0 ").CopyTo(broken, at + 148);
            }
        }

        ImageOpening opened = ImageFiles.OpenBytes(broken, new ImageOptions());
        Assert.NotEqual(opened.FileSystem is null, opened.Problem is null);
        if (opened.FileSystem is null)
        {
            return false;
        }

        using var inside = new World((_, _) => opened.FileSystem);
        Assert.True(ImageSnapshot.Touch(inside) > 0);
        opened.FileSystem.Close();
        return true;
    }

    private static World Make(string script) => new((world, directory) =>
    {
        ImageFiles.Run(directory, Python(script));
        return ImageFiles.Need(world.Vfs, directory + "/image");
    });

    /// <summary>A script that writes the file "image" with Python's tarfile.</summary>
    internal static string Python(string script) => $"""
        python3 - <<'EOF'
        import tarfile, io, os
        t = tarfile.open('image', 'w', format=tarfile.GNU_FORMAT)
        def put(name, kind, target='', data=b''):
            e = tarfile.TarInfo(name); e.type = kind; e.linkname = target; e.size = len(data)
            t.addfile(e, io.BytesIO(data))
        def add(name, data): put(name, tarfile.REGTYPE, '', data)
        def sym(name, target): put(name, tarfile.SYMTYPE, target)
        def link(name, target): put(name, tarfile.LNKTYPE, target)
        def kind(name, flag): put(name, flag)
        def cut(size): t.fileobj.flush(); os.truncate('image', size); os._exit(0)
        {script.ReplaceLineEndings("\n")}
        t.close()
        EOF
        """;
}

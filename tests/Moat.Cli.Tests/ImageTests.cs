// SPDX-License-Identifier: Apache-2.0
using System;
using System.Diagnostics;
using System.IO;
using Moat.Testing;
using Xunit;

namespace Moat.Cli.Tests;

/// <summary>Root file systems of all kinds: directories, EROFS images, tars, container images.</summary>
public sealed class ImageTests : IDisposable
{
    // A root with a shell, users, odd files; and images of it.
    private const string Make = """
        set -e
        mkdir -p root/bin root/etc root/home root/secret root/many
        cp /bin/busybox root/bin/busybox; cp "$1" root/bin/image_map
        for name in sh ls cat id env pwd stat sleep readlink grep wc find sort; do
            ln -s busybox root/bin/$name
        done
        printf 'root:x:0:0::/root:/bin/sh\napp:x:1000:1001::/home:/bin/sh\n' >root/etc/passwd
        printf 'app:x:1001:\nmore:x:1002:app\n' >root/etc/group
        echo text >root/etc/file; ln root/etc/file root/etc/hard
        echo hidden >root/secret/file; chmod 600 root/secret/file; chown 1000:1001 root/home
        i=0; while [ $i -lt 300 ]; do echo $i >root/many/$i; i=$((i + 1)); done
        mkfs.erofs --quiet plain.erofs root
        mkfs.erofs --quiet -Enoinline_data direct.erofs root
        mkfs.erofs --quiet -zlz4hc -C65536 packed.erofs root
        tar -C root -cf plain.tar .
        tar -C root -czf packed.tar .
        mkdir -p top/etc d/1 d/2; : >top/etc/.wh.hard; echo changed >top/etc/file
        tar -C root -cf d/1/layer.tar . ; tar -C top -cf d/2/layer.tar .
        cat >d/config.json <<'EOF'
        {"config":{"Env":["A=image","B=image","PATH=/bin"],"User":"app","WorkingDir":"/home",
        "Entrypoint":["sh","-c"],
        "Cmd":["id -u; id -g; id -G; pwd; echo $A $B $HOME; cat /etc/file; ls /etc"]}}
        EOF
        echo '[{"Config":"config.json","Layers":["1/layer.tar","2/layer.tar"]}]' >d/manifest.json
        tar -C d -cf docker.tar manifest.json config.json 1 2
        mkdir -p layout/blobs/sha256; gzip -c d/1/layer.tar >one; cp d/2/layer.tar two
        put() {
            sum=$(sha256sum <$1 | cut -c1-64); cp $1 layout/blobs/sha256/$sum
            digest="\"digest\":\"sha256:$sum\""
        }
        put one; layers="{$digest}"; put two; layers="$layers,{$digest}"
        put d/config.json; echo "{\"layers\":[$layers],\"config\":{$digest}}" >m
        put m; echo "{\"manifests\":[{$digest}]}" >layout/index.json; echo '{}' >layout/oci-layout
        chmod -R a+rX layout; chmod a+r *.erofs *.tar
        """;

    private const string Look = """
        cat /etc/file; ls -l /bin/sh; echo new >/etc/new; echo more >>/etc/file; cat /etc/new /etc/file
        ls /many | wc -l; find /many -type f | sort | wc -l; id -u; pwd; env | grep -v '^TERM='
        cat /secret/file
        stat -c '%h %a %u:%g %F' /etc/hard /home /bin/sh; cat /proc/self/mounts | grep -c ' / '
        """;

    private static readonly string[] s_kinds =
    [
        "root", "plain.erofs", "direct.erofs", "packed.erofs", "plain.tar", "packed.tar",
    ];

    private readonly string _place = TestArea.NewPath("images");

    public ImageTests()
    {
        TestArea.MakeFresh(_place, Identity.Root);
        File.WriteAllText(Path.Combine(_place, "make"), Make);
        string program = GuestProgram.Find("guest", "image_map").Build("static");
        CommandResult made = new Command(
            Identity.Root, ["sh", "-c", $"cd {_place}; sh ./make {program}"]).Run();
        Assert.Equal("--- exit 0\n", made.Transcript());
    }

    public void Dispose() => TestArea.Remove(_place);

    [Fact]
    public void ShellRunsFromEachKindOfRoot()
    {
        string expected = Do("root", "root", "--", "sh", "-c", Look).Transcript();
        Assert.Contains("text\nmore\n300\n300\n0\n/\n", expected, StringComparison.Ordinal);
        Assert.EndsWith("--- exit 0\n", expected, StringComparison.Ordinal);
        foreach (string kind in s_kinds)
        {
            Assert.Equal(expected, Do("root", kind, "--", "sh", "-c", Look).Transcript());
        }

        // An ordinary user's directories show owners that the host knows; images show their own.
        foreach (string kind in s_kinds[1..])
        {
            Assert.Equal(expected, Do("user", kind, "--", "sh", "-c", Look).Transcript());
        }
    }

    [Fact]
    public void ContainerImagesSayWhatRuns()
    {
        const string Expected = "1000\n1001\n1001 1002\n/home\nimage image /home\nchanged\n"
            + "file\ngroup\npasswd\n";
        foreach (string image in (string[])["docker.tar", "layout"])
        {
            foreach (string who in (string[])["root", "user"])
            {
                Assert.Equal(Expected + "--- exit 0\n", Do(who, image).Transcript());
            }

            CommandResult other = Do(
                "root", image, "-e", "A=mine", "-u", "0", "-w", "/etc", "--", "sh", "-c",
                "id -u; pwd; echo $A $B");
            Assert.Equal("0\n/etc\nmine image\n--- exit 0\n", other.Transcript());
        }
    }

    [Theory]
    [InlineData("app", "1000 1001 1001 1002\n")]
    [InlineData("1000", "1000 1001 1001 1002\n")]
    [InlineData("app:more", "1000 1002 1002\n")]
    [InlineData("7:8", "7 8 8\n")]
    [InlineData("0", "0 0 0\n")]
    public void UsersAreThoseOfTheImage(string user, string expected)
    {
        CommandResult result = Do("root", "plain.erofs", "--user", user, "--", "sh", "-c",
            "echo $(id -u) $(id -g) $(id -G); cat /secret/file 2>/dev/null");
        Assert.Equal(user == "0" ? expected + "hidden\n" : expected, result.Output);
    }

    [Fact]
    public void MappingsEndWhereFilesEnd()
    {
        string[] files = ["/etc/passwd", "/bin/busybox", "/many/7"];
        string[] outside = Array.ConvertAll(files, file => $"{_place}/root{file}");
        string expected = new Command(Identity.Root, [$"{_place}/root/bin/image_map", .. outside]).Run()
            .Transcript();
        Assert.Contains("behind it -7 -7", expected, StringComparison.Ordinal);
        foreach (string kind in s_kinds)
        {
            Assert.Equal(
                expected, Do("root", kind, ["--", "/bin/image_map", .. files]).Transcript());
        }
    }

    [Fact]
    public void SandboxesShareTheImagesPages()
    {
        string image = Path.Combine(_place, "direct.erofs");
        string inode = new Command(Identity.Root, ["stat", "-c", "%i", image]).Run().Output.Trim();
        using Process first = Sleep(image);
        using Process second = Sleep(image);
        foreach (Process moat in (Process[])[first, second])
        {
            // Until sleep runs there may be no code of the image's for a moment.
            bool isMapped = Processes.Eventually(
                () => Processes.Descendants(moat.Id).Exists(pid => MapsCodeOf(pid, inode)));
            Assert.True(isMapped, "no stub maps the program from the image");
        }

        foreach (Process moat in (Process[])[first, second])
        {
            Processes.Signal(moat.Id, "KILL");
            Assert.True(moat.WaitForExit(TimeSpan.FromSeconds(20)));
        }
    }

    [Fact]
    public void BundlesMayHaveAnImageAsRoot()
    {
        foreach (string image in (string[])["plain.erofs", "plain.tar"])
        {
            foreach (bool isReadOnly in (bool[])[true, false])
            {
                string write = isReadOnly ? "false" : "true";
                File.WriteAllText(Path.Combine(_place, "config.json"), $$"""
                    {
                      "ociVersion": "1.0.2",
                      "process": {
                        "args": ["sh", "-c", "cat /etc/file; echo x 2>&- >/etc/x && cat /etc/x"],
                        "cwd": "/",
                        "env": ["PATH=/bin"], "user": { "uid": 0, "gid": 0 }
                      },
                      "root": { "path": "{{image}}", "readonly": {{(isReadOnly ? "true" : "false")}} }
                    }
                    """);
                CommandResult result = new Command(Identity.Root,
                    [TestArea.Moat(), "--root", _place + "/store", "run", "-b", _place, "a"]).Run();
                Assert.Equal(write == "true" ? "text\nx\n" : "text\n", result.Output);
            }
        }
    }

    [Theory]
    [InlineData("nosuch", "nosuch: no such file or directory, or no permission")]
    [InlineData("make", "make: neither an EROFS image nor a tar")]
    [InlineData("plain.erofs", "plain.erofs: names no command of its own; add one: -- COMMAND")]
    [InlineData("bad.erofs", "bad.erofs: EROFS image is damaged: the superblock's checksum is wrong")]
    [InlineData("cut.tar", "cut.tar: tar ends within a header")]
    public void WhatIsWrongIsOneLine(string image, string expected)
    {
        string script = $"cd {_place}; cp plain.erofs bad.erofs; printf x | dd of=bad.erofs bs=1 seek=1100 "
            + "conv=notrunc status=none; head -c 100000 plain.tar >cut.tar";
        Assert.Equal(0, new Command(Identity.Root, ["sh", "-c", script]).Run().ExitCode);
        CommandResult result = Do("root", image);
        Assert.Equal(125, result.ExitCode);
        Assert.EndsWith(expected + "\n", result.Error, StringComparison.Ordinal);
        Assert.Equal(result.Error.Length - 1, result.Error.IndexOf('\n', StringComparison.Ordinal));
    }

    private CommandResult Do(string who, string image, params string[] words) => new Command(
        Identity.Of(who), [TestArea.Moat(), "do", "--rootfs", Path.Combine(_place, image), .. words]).Run();

    private static bool MapsCodeOf(int pid, string inode)
    {
        try
        {
            return Array.Exists(File.ReadAllLines($"/proc/{pid}/maps"), line =>
            {
                string[] fields = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
                return fields[1].StartsWith("r-x", StringComparison.Ordinal) && fields[4] == inode;
            });
        }
        catch (IOException)
        {
            // It has ended.
            return false;
        }
    }

    private static Process Sleep(string image)
    {
        Process moat = new Command(Identity.Root, [TestArea.Moat(), "do", "--rootfs", image, "--", "sh", "-c",
            "echo ready; exec sleep 100"]).Start();
        Assert.Equal("ready", moat.StandardOutput.ReadLine());
        return moat;
    }
}

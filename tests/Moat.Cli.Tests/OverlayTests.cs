// SPDX-License-Identifier: Apache-2.0
using System;
using System.Diagnostics;
using System.IO;
using Moat.Testing;
using Xunit;

namespace Moat.Cli.Tests;

/// <summary>
/// `moat do --overlay` and `--export`: what Linux's own overlayfs and tar make of the layers, and the other
/// way round.
/// </summary>
public sealed class OverlayTests : IDisposable
{
    private readonly string _area = TestArea.NewPath("overlay");

    public OverlayTests() => Directory.CreateDirectory(Lower);

    private string Lower => _area + "/lower";

    private string Layer => _area + "/box";

    private string Upper => Layer + "/upper" + Lower;

    // Not by .NET, which has no words for names that are not UTF-8.
    public void Dispose() => Run("rm", "-rf", _area);

    [Fact]
    public void LinuxAndMoatReadEachOthersLayers()
    {
        Shell(OverlayScripts.Make, Lower);
        string[] overlay = ["--overlay", Layer];
        Moat(overlay, "sh", "-c", OverlayScripts.Functions + OverlayScripts.First, "sh", Lower);
        string inside = Listing(overlay);
        Assert.Contains("b'./own2/1'", inside, StringComparison.Ordinal);
        Assert.Equal(inside, Mounted($"lowerdir={Lower},upperdir={Upper},workdir={_area}/work", ":"));
        Assert.Equal(inside, Mounted($"lowerdir={Upper}:{Lower}", ":"));
        Assert.Equal(inside, Listing(["--overlay-lower", Layer + "/upper"]));

        // Linux goes on with it, and then both have it once more.
        string outside = Mounted(
            $"lowerdir={Lower},upperdir={Upper},workdir={_area}/work",
            OverlayScripts.Functions + OverlayScripts.Second);
        Assert.NotEqual(inside, outside);
        Assert.Equal(outside, Listing(overlay));
        Assert.Equal(outside, Listing(["--overlay-lower", Layer + "/upper"]));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void TarMakesTheSameTree(bool toStdout)
    {
        Shell(OverlayScripts.Make, Lower);
        string tar = _area + "/layer.tar";
        string script = OverlayScripts.Functions + OverlayScripts.First
            + "\n cd \"$1\"; touch .wh.a; mkdir .wh.b; python3 -c \"$2\" .";
        string[] words = ["sh", "-c", script, "sh", Lower, OverlayScripts.List];
        CommandResult result;
        if (toStdout)
        {
            result = Run(
                [
                    "sh", "-c", $"\"$@\" > {tar}", "sh", TestArea.Moat(), "do", "--export", "-", "--",
                    .. words,
                ]);
        }
        else
        {
            result = Run([TestArea.Moat(), "do", "--export", tar, "--overlay", Layer, "--", .. words]);
        }

        Assert.Contains("2 entries were left out", result.Error, StringComparison.Ordinal);
        string listing = toStdout ? result.Error[..result.Error.IndexOf("moat: ", StringComparison.Ordinal)]
            : result.Output;
        Assert.InRange(new FileInfo(tar).Length, 1, 2_000_000);
        string copy = _area + "/copy";
        Directory.CreateDirectory(copy + Lower);
        Run("cp", "-a", Lower + "/.", copy + Lower);
        Run("python3", "-c", OverlayScripts.Apply, tar, copy);
        string[] lines = listing.Split('\n');
        lines = Array.FindAll(lines, line => !line.StartsWith("b'./.wh.", StringComparison.Ordinal));
        Assert.Equal(string.Join('\n', lines), List(copy + Lower));
    }

    [Fact]
    public void OneSandboxAtATime()
    {
        using Process first = new Command(Identity.Root,
            [TestArea.Moat(), "do", "--overlay", Layer, "--", "sh", "-c", "echo ready; read x"]).Start();
        Assert.Equal("ready", first.StandardOutput.ReadLine());
        CommandResult second = new Command(
            Identity.Root, [TestArea.Moat(), "do", "--overlay", Layer, "--", "true"]).Run();
        Assert.Equal(125, second.ExitCode);
        Assert.Contains("another sandbox is using it", second.Error, StringComparison.Ordinal);
        first.StandardInput.WriteLine();
        Assert.True(first.WaitForExit(TimeSpan.FromSeconds(20)));
        Moat(["--overlay", Layer], "true");
    }

    [Fact]
    public void ADirectoryThatOthersMayEnterIsRefused()
    {
        Directory.CreateDirectory(Layer);
        File.SetUnixFileMode(Layer, (UnixFileMode)0x1ed);
        CommandResult result = new Command(
            Identity.Root, [TestArea.Moat(), "do", "--overlay", Layer, "--", "true"]).Run();
        Assert.Equal(125, result.ExitCode);
        Assert.Contains("chmod 700", result.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("memory")]
    [InlineData("directory")]
    public void TheSizeIsALimit(string kind)
    {
        string place = kind == "memory" ? kind : Layer;
        string script = "stat -f -c '%b %S' / | awk '{ print $1 * $2 }'; head -c 3000000 /dev/zero > /var/x; "
            + "stat -c %s /var/x; head -c 4000000 /dev/zero > /var/y || rm /var/x; "
            + "head -c 2000000 /dev/zero > /var/y && echo fits";
        CommandResult result = Moat(["--overlay", place, "--overlay-size", "4M"], "sh", "-c", script);
        Assert.Equal("4194304\n3000000\nfits\n", result.Output);
    }

    [Fact]
    public void AnOrdinaryUserKeepsChangesToo()
    {
        string own = TestArea.NewPath("users-overlay");
        TestArea.MakeFresh(own, Identity.Of("user"));
        string place = own + "/box";
        CommandResult made = new Command(Identity.Of("user"),
            [TestArea.Moat(), "do", "--overlay", place, "--", "sh", "-c", "echo kept > /var/tmp/kept"]).Run();
        Assert.Equal("", made.Error);
        CommandResult seen = new Command(Identity.Of("user"),
            [TestArea.Moat(), "do", "--overlay", place, "--", "cat", "/var/tmp/kept"]).Run();
        Assert.Equal("kept\n", seen.Output);
        TestArea.Remove(own);
    }

    private static CommandResult Run(params string[] words)
    {
        CommandResult result = new Command(Identity.Root, words).Run();
        Assert.True(result.ExitCode == 0, result.Transcript());
        return result;
    }

    private static CommandResult Moat(string[] options, params string[] words) =>
        Run([TestArea.Moat(), "do", .. options, "--", .. words]);

    private static void Shell(string script, string directory) =>
        Run("sh", "-c", OverlayScripts.Functions + script, "sh", directory);

    private static string List(string directory) =>
        Run("python3", "-c", OverlayScripts.List, directory).Output;

    private string Listing(string[] options) =>
        Moat(options, "python3", "-c", OverlayScripts.List, Lower).Output;

    /// <summary>What Linux shows, after a script has changed it, in a mount namespace of its own.</summary>
    private string Mounted(string options, string script)
    {
        Directory.CreateDirectory(_area + "/work");
        Directory.CreateDirectory(_area + "/m");
        string all = $"mount -t overlay none -o userxattr,{options} {_area}/m || exit 1\n"
            + $"set -- {_area}/m \"$@\"\n({script}\n) || exit 1\npython3 -c \"$2\" {_area}/m";
        return Run("unshare", "-m", "sh", "-c", all, "sh", OverlayScripts.List).Output;
    }
}

// SPDX-License-Identifier: Apache-2.0
using System;
using System.Text;
using Moat.Abi;
using Moat.Abi.Tty;
using Moat.Base;
using Moat.FileSystems.DevPts;
using Moat.Kernel;
using Moat.Kernel.Signals;
using Moat.Kernel.Tasks;
using Moat.Vfs;
using Moat.Vfs.Paths;
using Xunit;

namespace Moat.Fd.Tests;

/// <summary>The line discipline of a pty pair: modes, editing, echo, signals.</summary>
public sealed class LineDisciplineTests
{
    private const OpenFlags Open = OpenFlags.ReadWrite | OpenFlags.NoControllingTerminal;

    private readonly Task _task;
    private readonly OpenFile _master;
    private readonly OpenFile _slave;

    public LineDisciplineTests()
    {
        var kernel = new LinuxKernel { Stubs = null!, Syscalls = null! };
        var process = new ThreadGroup(kernel, 1, new SignalHandlers());
        _task = new Task(1, process);
        using (kernel.Tree.Lock.Enter())
        {
            kernel.Tree.NewSessionLocked(process);
        }

        var vfs = new VirtualFileSystem();
        FileSystem pts = PtsFileSystem.Create(vfs, kernel);
        var space = new MountNamespace(new Mount(pts.Root, 0, "devpts"));
        _task.FileSystem = new FsContext { Root = space.Root, WorkingDirectory = space.Root };
        _master = FileOpener.Open(_task, space.Root, "/ptmx"u8, Open, 0).Value;
        Assert.Equal(Errno.EIO, FileOpener.Open(_task, space.Root, "/0"u8, Open, 0).Error);
        ((PtyMasterFile)_master).Unlock();
        _slave = FileOpener.Open(_task, space.Root, "/0"u8, Open, 0).Value;
    }

    [Fact]
    public void A_line_is_edited_echoed_and_read_at_once()
    {
        Type("helxx\u007f\u007flo\r");
        Assert.Equal("helxx\b \b\b \blo\r\n", Drain());
        Assert.Equal("hello\n", Read(100));
        Assert.Equal(Errno.EAGAIN, _slave.Read(_task, new byte[4]).Error);
    }

    [Fact]
    public void Lines_stay_apart_and_can_be_read_in_pieces()
    {
        Type("one\ntwo\n");
        Assert.Equal("on", Read(2));
        Assert.Equal("e\n", Read(100));
        Assert.Equal("two\n", Read(100));
    }

    [Fact]
    public void Control_d_ends_the_file_or_hands_over_the_line()
    {
        Type("\u0004");
        Assert.Equal("", Read(10));
        Type("abc\u0004");
        Assert.Equal("abc", Read(10));
        Assert.Equal(Errno.EAGAIN, _slave.Read(_task, new byte[4]).Error);
    }

    [Fact]
    public void Words_lines_and_literals()
    {
        Type("one two\u0017three\u0015\u0016\u0003x\n");
        Assert.Equal("\u0003x\n", Read(100));
        Assert.EndsWith("^\b^Cx\r\n", Drain(), StringComparison.Ordinal);
    }

    [Fact]
    public void Control_characters_echo_with_a_caret_and_signals_flush()
    {
        Type("abc\u0003");
        Assert.Equal("abc^C", Drain());
        Type("d\n");
        Assert.Equal("d\n", Read(10));
    }

    [Fact]
    public void Output_is_translated_and_raw_mode_is_not()
    {
        Assert.Equal(3, _slave.Write(_task, "a\nb"u8).Value);
        Assert.Equal("a\r\nb", Drain());
        var pty = ((PtyMasterFile)_master).Pair;
        Termios2 raw = pty.Settings;
        raw.Modes.LocalFlags = 0;
        raw.Modes.InputFlags = 0;
        raw.Modes.OutputFlags = 0;
        pty.SetModes(raw, flushInput: false);
        Type("x\r\u0003\u0004");
        Assert.Equal("x\r\u0003\u0004", Read(10));
        _slave.Write(_task, "\n"u8);
        Assert.Equal("\n", Drain());
    }

    [Fact]
    public void Closing_one_side_shows_on_the_other()
    {
        _slave.Release();
        Assert.Equal(Errno.EIO, _master.Read(_task, new byte[4]).Error);
        Assert.True((_master.Poll(_task) & PollEvents.HangUp) != 0);
    }

    [Fact]
    public void A_hang_up_ends_reads_and_fails_writes()
    {
        _master.Release();
        Assert.Equal(0, _slave.Read(_task, new byte[4]).Value);
        Assert.Equal(Errno.EIO, _slave.Write(_task, "x"u8).Error);
        Assert.True((_slave.Poll(_task) & PollEvents.HangUp) != 0);
    }

    private void Type(string text)
    {
        byte[] bytes = Encoding.Latin1.GetBytes(text);
        Assert.Equal(bytes.Length, _master.Write(_task, bytes).Value);
    }

    private string Read(int most)
    {
        byte[] buffer = new byte[most];
        Result<int> result = _slave.Read(_task, buffer);
        Assert.True(result.IsOk);
        return Encoding.Latin1.GetString(buffer, 0, result.Value);
    }

    private string Drain()
    {
        byte[] buffer = new byte[4096];
        return _master.Read(_task, buffer).TryGet(out int count, out _)
            ? Encoding.Latin1.GetString(buffer, 0, count) : "";
    }
}

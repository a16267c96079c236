// SPDX-License-Identifier: Apache-2.0
using System;
using System.IO;
using Moat.Abi;
using Moat.Base;
using Moat.FileSystems.Stdio;
using Moat.Host.Files;
using Moat.Vfs;
using Xunit;

namespace Moat.Fd.Tests;

/// <summary>Standard streams over host descriptors.</summary>
public sealed class HostStreamTests
{
    private readonly FakeCaller _caller = new();

    [Fact]
    public void A_host_file_keeps_its_position_and_size()
    {
        string path = Path.GetTempFileName();
        File.WriteAllText(path, "hello world");
        OpenFile file = Open(path);
        byte[] buffer = new byte[5];
        Assert.Equal(5, file.Read(_caller, buffer).Value);
        Assert.Equal("hello"u8.ToArray(), buffer);
        Assert.Equal(5, file.Seek(_caller, 0, 1).Value);
        Assert.Equal(11, file.GetAttributes().Value.Size);
        Assert.Null(file.WaitQueue);
        file.Release();
        File.Delete(path);
    }

    [Fact]
    public void The_null_device_is_a_character_device_and_always_ready()
    {
        OpenFile file = Open("/dev/null");
        InodeAttributes attributes = file.GetAttributes().Value;
        Assert.Equal(FileType.CharacterDevice, StatMode.TypeOf(attributes.Mode));
        Assert.Equal(DeviceNumber.Make(1, 3), attributes.SpecialDeviceId);
        Assert.Equal(0, file.Read(_caller, new byte[4]).Value);
        Assert.Null(file.WaitQueue);
        file.Release();
    }

    [Fact]
    public void A_host_fifo_never_blocks_and_wakes_its_waiters()
    {
        string path = Path.Combine(Path.GetTempPath(), $"moat-fifo-{Guid.NewGuid():N}");
        int directory = HostPath.CurrentDirectory;
        byte[] name = System.Text.Encoding.UTF8.GetBytes(path);
        Assert.Equal(Errno.Success, HostPath.MakeNode(directory, name, 0x1180, 0));
        OpenFile file = Open(path, OpenFlags.ReadWrite);
        Assert.Equal(Errno.EAGAIN, file.Read(_caller, new byte[4]).Error);
        using var woken = new System.Threading.ManualResetEventSlim();
        file.WaitQueue!.Add(new Probe(woken));
        Assert.Equal(4, file.Write(_caller, "data"u8).Value);
        Assert.True(woken.Wait(2000));
        Assert.True((file.Poll(_caller) & PollEvents.In) != 0);
        Assert.Equal(4, file.Read(_caller, new byte[8]).Value);
        file.Release();
        File.Delete(path);
    }

    private static OpenFile Open(string path, OpenFlags flags = OpenFlags.ReadOnly)
    {
        byte[] name = System.Text.Encoding.UTF8.GetBytes(path);
        int fd = HostPath.Open(HostPath.CurrentDirectory, name, flags | OpenFlags.CloseOnExec).Value;
        CallerTerminal? terminal = null;
        return HostStreamOpener.Open(new HostPoller(), fd, ref terminal).Value;
    }

    private sealed class Probe(System.Threading.ManualResetEventSlim woken) : Waiter
    {
        public override bool Notify(PollEvents events)
        {
            woken.Set();
            return false;
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
using System;
using System.IO;
using Moat.Control.Boot;
using Moat.Control.Messages;
using Xunit;

namespace Moat.Oci.Tests;

/// <summary>What goes between launcher and kernel process.</summary>
public sealed class BootFormatTests
{
    [Fact]
    public void RequestsSurvive()
    {
        var request = new BootRequest
        {
            Id = "x",
            Hostname = "h",
            RootFd = 5,
            RootReadOnly = true,
            RootOverlay = false,
            Mounts = [new MountRequest(MountKind.Bind, "/a", 6, true, true, "ro,nosuid", "/src")],
            MaskedPaths = ["/proc/kcore"],
            WaitForStart = true,
            Strace = "",
            ListenFd = 9,
            Processors = 2,
            MemoryBytes = 1L << 40,
            KeptCapabilities = 0x1f,
            Process = new ProcessRequest
            {
                Arguments = ["sh", "-c", "\u00e9"],
                Environment = ["A=b"],
                Uid = 1,
                Groups = [7, uint.MaxValue],
                Limits = [new RlimitRequest(7, 1, ulong.MaxValue)],
                AmbientCapabilities = ulong.MaxValue,
                Terminal = true,
                StderrFd = 12,
            },
        };
        byte[] bytes = BootFormat.Write(request);
        BootRequest read = BootFormat.Read(bytes);
        Assert.Equal(bytes, BootFormat.Write(read));
        Assert.Equal("\u00e9", read.Process.Arguments[2]);
        Assert.Equal("", read.Strace);
        Assert.Equal(request.Mounts[0], read.Mounts[0]);
    }

    [Fact]
    public void DamagedRequestsAreRefused()
    {
        byte[] bytes = BootFormat.Write(new BootRequest { Id = "abc" });
        for (int length = 0; length < bytes.Length; length++)
        {
            Assert.ThrowsAny<IOException>(() => BootFormat.Read(bytes[..length]));
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("some text")]
    public void MessagesSurvive(string text)
    {
        Span<byte> buffer = new byte[ControlMessage.MaximumBytes];
        var message = new ControlMessage(ControlKind.Failed, -127, text);
        Assert.Equal(message, ControlMessage.Decode(message.Encode(buffer)));
        Assert.Equal(ControlKind.None, ControlMessage.Decode(buffer[..3]).Kind);
    }
}

// SPDX-License-Identifier: Apache-2.0
using System.Threading;
using Moat.Abi;

namespace Moat.FileSystems.Fuse;

/// <summary>What the daemon calls an open file or directory; let go once.</summary>
internal sealed class FuseHandle(
    FuseConnection connection, ulong node, ulong number, uint answer, OpenFlags flags, bool isDirectory)
{
    private const uint DirectIo = 1;
    private const uint NonSeekable = 4;
    private const uint Stream = 16;
    private const uint NoFlush = 32;
    private int _isReleased;

    internal ulong Number => number;

    internal OpenFlags Flags => flags;

    internal bool IsDirect => (answer & DirectIo) != 0;

    internal bool IsSeekable => (answer & (NonSeekable | Stream)) == 0;

    internal bool NeedsFlush => (answer & NoFlush) == 0;

    /// <summary>RELEASE or RELEASEDIR; nobody waits for it.</summary>
    internal void Release()
    {
        FuseOpcode opcode = isDirectory ? FuseOpcode.ReleaseDirectory : FuseOpcode.Release;
        FuseOpcode opening = isDirectory ? FuseOpcode.OpenDirectory : FuseOpcode.Open;
        if (Interlocked.Exchange(ref _isReleased, 1) != 0 || connection.Terms.Lacks(opening))
        {
            return;
        }

        var request = new FuseRequest(opcode, node, 24);
        var writer = new FuseWriter(request.Body);
        writer.Long(number);
        writer.Word((uint)flags);
        writer.Word(0);
        writer.Long(0);
        connection.Post(request);
    }
}

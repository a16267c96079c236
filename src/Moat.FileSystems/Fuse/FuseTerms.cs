// SPDX-License-Identifier: Apache-2.0
using System;
using System.Buffers.Binary;
using System.Threading;
using Moat.Kernel.Namespaces;
using Moat.Vfs.Namespaces;

namespace Moat.FileSystems.Fuse;

/// <summary>What kernel and daemon have agreed on: protocol, sizes, and what the daemon cannot do.</summary>
internal sealed class FuseTerms
{
    /// <summary>The most that one READ or WRITE moves (32 pages).</summary>
    internal const int LargestTransfer = 128 * 1024;

    /// <summary>ASYNC_READ, BIG_WRITES, HAS_IOCTL_DIR, AUTO_INVAL_DATA, PARALLEL_DIROPS, ABORT_ERROR,
    /// NO_OPEN_SUPPORT, MAX_PAGES, NO_OPENDIR_SUPPORT, EXPLICIT_INVAL_DATA.</summary>
    internal const uint Offered = 1 | (1 << 5) | (1 << 11) | (1 << 12) | (1 << 17) | (1 << 18) | (1 << 21)
        | (1 << 22) | (1 << 24) | (1 << 25);

    private const uint OldestMinor = 12;
    private const int Page = 4096;
    private ulong _lacks;

    /// <summary>Whose numbers the daemon uses for users.</summary>
    internal UserNamespace Owner { get; init; } = UserNamespace.Initial;

    /// <summary>Whose numbers it uses for processes; null for the kernel's.</summary>
    internal PidNamespace? PidSpace { get; init; }

    /// <summary>Option max_read, within <see cref="LargestTransfer"/>.</summary>
    internal int MaxRead { get; init; } = LargestTransfer;

    internal int MaxWrite { get; private set; } = Page;

    internal uint MinorVersion { get; private set; }

    /// <summary>True when the daemon has said ENOSYS to such a request before.</summary>
    internal bool Lacks(FuseOpcode opcode) => (Volatile.Read(ref _lacks) >> (int)opcode & 1) != 0;

    internal void SetLacks(FuseOpcode opcode) => Interlocked.Or(ref _lacks, 1UL << (int)opcode);

    /// <summary>Reads struct fuse_init_out; false for a protocol that is not spoken here.</summary>
    internal bool TryAccept(ReadOnlySpan<byte> reply)
    {
        var reader = new FuseReader(reply);
        uint major = reader.Word();
        MinorVersion = Math.Min(reader.Word(), FuseMessages.Minor);
        if (major != 7 || MinorVersion < OldestMinor)
        {
            return false;
        }

        uint write = reply.Length >= 24 ? BinaryPrimitives.ReadUInt32LittleEndian(reply[20..]) : Page;
        MaxWrite = (int)Math.Clamp(write, Page, LargestTransfer);
        return true;
    }
}

// SPDX-License-Identifier: Apache-2.0
using System;
using System.Collections.Generic;
using System.Runtime.InteropServices;
using Moat.Base;
using Moat.Control.Owners;
using Moat.FileSystems.HostFs;
using Moat.Host.Files;
using Moat.Host.Sockets;

namespace Moat.Sandbox.Owners;

/// <summary>
/// Asks the launcher's owner broker about files whose owner this user namespace cannot name.
/// </summary>
/// <remarks>
/// Locks: _lock (a leaf) guards the socket's turn and the cache.
/// Invariants: an answer is only used while the file's ctime is the one it was given for.
/// </remarks>
internal sealed class BrokeredOwners : IOwnerResolver
{
    private const uint Nobody = 65534;
    private const int MaximumCached = 1 << 16;

    private readonly RankedLock _lock = new(LockRank.Leaf);
    private readonly int _socket;
    private readonly OwnerRecord[] _answer = new OwnerRecord[OwnerRecord.Maximum];
    private readonly Dictionary<(ulong Device, ulong Inode), OwnerRecord> _cache = new();

    internal BrokeredOwners(int socket) => _socket = socket;

    /// <inheritdoc/>
    public void Resolve(int directoryFd, ReadOnlySpan<byte> name, in HostStatx stat, out uint uid,
        out uint gid)
    {
        (uid, gid) = (stat.Uid, stat.Gid);
        if ((uid != Nobody && gid != Nobody) || name.Length > OwnerRecord.MaximumName)
        {
            return;
        }

        (ulong, ulong) key = (((ulong)stat.DevMajor << 32) | stat.DevMinor, stat.Inode);
        using (_lock.Enter())
        {
            if (!_cache.TryGetValue(key, out OwnerRecord record) || !Fits(record, stat))
            {
                AskLocked(directoryFd, name);
                if (!_cache.TryGetValue(key, out record) || !Fits(record, stat))
                {
                    return;
                }
            }

            (uid, gid) = (record.Uid, record.Gid);
        }
    }

    private static bool Fits(in OwnerRecord record, in HostStatx stat) =>
        record.ChangeSeconds == stat.ChangeTime.Seconds
            && record.ChangeNanoseconds == stat.ChangeTime.Nanoseconds;

    private void AskLocked(int directoryFd, ReadOnlySpan<byte> name)
    {
        Span<byte> packet = stackalloc byte[name.Length + 1];
        packet[0] = 0;
        name.CopyTo(packet[1..]);
        Span<byte> bytes = MemoryMarshal.AsBytes(_answer.AsSpan());
        if (HostSocket.Send(_socket, packet, [directoryFd]) != Abi.Errno.Success
            || !HostSocket.Receive(_socket, bytes, [], out _).TryGet(out int length, out _))
        {
            return;
        }

        if (_cache.Count > MaximumCached - OwnerRecord.Maximum)
        {
            _cache.Clear();
        }

        foreach (OwnerRecord record in _answer.AsSpan(0, length / OwnerRecord.Bytes))
        {
            _cache[(((ulong)record.DeviceMajor << 32) | record.DeviceMinor, record.Inode)] = record;
        }
    }
}

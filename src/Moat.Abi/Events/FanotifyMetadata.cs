// SPDX-License-Identifier: Apache-2.0
namespace Moat.Abi.Events;

/// <summary>struct fanotify_event_metadata (fanotify(7)); records may follow it.</summary>
/// <param name="Length">Bytes of the event with its records.</param>
/// <param name="Version">FANOTIFY_METADATA_VERSION.</param>
/// <param name="Reserved">0.</param>
/// <param name="HeaderLength">Bytes of this structure.</param>
/// <param name="Mask">FAN_* bits.</param>
/// <param name="Fd">The file, or FAN_NOFD.</param>
/// <param name="Pid">Who did it; 0 for whom the reader cannot see.</param>
public readonly record struct FanotifyMetadata(
    uint Length, byte Version, byte Reserved, ushort HeaderLength, FanotifyMask Mask, int Fd, int Pid);

// SPDX-License-Identifier: Apache-2.0
namespace Moat.Abi.Events;

/// <summary>struct inotify_event (inotify(7)); the name follows it.</summary>
/// <param name="Descriptor">The watch that saw it.</param>
/// <param name="Mask">IN_* bits.</param>
/// <param name="Cookie">Connects the two halves of a rename.</param>
/// <param name="Length">Bytes of the name with its padding, or 0.</param>
public readonly record struct InotifyEvent(int Descriptor, InotifyMask Mask, uint Cookie, uint Length);

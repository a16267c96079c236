// SPDX-License-Identifier: Apache-2.0
using Moat.Abi.Events;

namespace Moat.Vfs.Notify;

/// <summary>
/// What a fanotify group wants to hear, or not to hear, of one inode, mount or file system.
/// </summary>
/// <remarks>Locks: the group's.</remarks>
internal sealed class FanotifyMark(FanotifyMarkFlags kind, FileSystem fileSystem)
{
    private const FanotifyMask Modifiers = FanotifyMask.OnDirectory | FanotifyMask.OnChild;

    /// <summary>Mount, FileSystem or None, for an inode.</summary>
    internal FanotifyMarkFlags Kind { get; } = kind;

    internal FileSystem FileSystem { get; } = fileSystem;

    /// <summary>What makes the inode tell of its end; null for others.</summary>
    internal NotifyWatch? Watch { get; init; }

    internal FanotifyMask Mask { get; set; }

    internal FanotifyMask Ignored { get; set; }

    /// <summary>A change of the file's content does not end what is ignored.</summary>
    internal bool SurvivesModify { get; set; }

    /// <summary>FAN_MARK_IGNORE: what is ignored has its own FAN_ONDIR and FAN_EVENT_ON_CHILD.</summary>
    internal bool IgnoresExactly { get; set; }

    internal bool IsEmpty => ((Mask | Ignored) & ~Modifiers) == 0;

    /// <summary>Adds what it wants of an event to what others want of it.</summary>
    internal void Consider(
        FanotifyMask happened, bool isChild, ref FanotifyMask wanted, ref FanotifyMask ignored)
    {
        if ((happened & FanotifyMask.Modify) != 0 && !SurvivesModify)
        {
            Ignored = FanotifyMask.None;
        }

        FanotifyMask needed = (happened & FanotifyMask.OnDirectory)
            | (isChild ? FanotifyMask.OnChild : FanotifyMask.None);
        if ((Mask & needed) == needed)
        {
            wanted |= Mask;
        }

        FanotifyMask neededToIgnore = IgnoresExactly ? needed
            : isChild ? FanotifyMask.OnChild : FanotifyMask.None;
        if (((IgnoresExactly ? Ignored : Mask) & neededToIgnore) == neededToIgnore)
        {
            ignored |= Ignored;
        }
    }
}

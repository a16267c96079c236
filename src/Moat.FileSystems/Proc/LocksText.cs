// SPDX-License-Identifier: Apache-2.0
using Moat.Abi;
using Moat.Vfs;
using Moat.Vfs.Generated;
using Moat.Vfs.Locks;

namespace Moat.FileSystems.Proc;

/// <summary>Lines of /proc/locks and /proc/PID/fdinfo (proc_locks(5)).</summary>
internal static class LocksText
{
    // Who waits behind whom is shown by spaces: a guest decides how many.
    private const int MostLevels = 64;

    /// <summary>One lock, or who waits for it.</summary>
    /// <param name="context">Which PID namespace counts.</param>
    /// <param name="writer">Gets the line.</param>
    /// <param name="id">Its number.</param>
    /// <param name="level">0 for what is held.</param>
    /// <param name="shown">The lock.</param>
    /// <param name="inode">Of which file.</param>
    internal static void Line(
        ProcContext context, ContentWriter writer, long id, int level, in ListedLock shown, Inode inode)
    {
        writer.Append($"{id}: ");
        if (level > 0)
        {
            writer.Append(new string(' ', System.Math.Min(level, MostLevels) - 1)).Append("-> ");
        }

        writer.Append(shown.Kind switch
        {
            ListedLockKind.Flock => "FLOCK  ADVISORY  ",
            ListedLockKind.Posix => "POSIX  ADVISORY  ",
            ListedLockKind.OpenFile => "OFDLCK ADVISORY  ",
            ListedLockKind.Lease => "LEASE  ACTIVE    ",
            ListedLockKind.BreakingLease => "LEASE  BREAKING  ",
            _ => "LEASE  BREAKER   ",
        });
        writer.Append(shown.Mode switch
        {
            LockMode.Exclusive => "WRITE ", LockMode.Shared => "READ ", _ => "UNLCK ",
        });
        writer.Append($"{ShowProcess(context, shown)} ");
        if (shown.File is null)
        {
            writer.Append("<none>:0 ");
        }
        else
        {
            _ = inode.GetAttributes(out InodeAttributes attributes);
            ulong device = attributes.DeviceId;
            writer.Append($"{DeviceNumber.Major(device):x2}:{DeviceNumber.Minor(device):x2}:");
            writer.Append($"{attributes.InodeNumber} ");
        }

        if (shown.End == long.MaxValue)
        {
            writer.Append($"{shown.Start} EOF\n");
        }
        else
        {
            writer.Append($"{shown.Start} {shown.End}\n");
        }
    }

    /// <summary>Its process; 0 for one that is not seen, whose locks are not shown.</summary>
    internal static int ShowProcess(ProcContext context, in ListedLock shown) =>
        shown.Kind == ListedLockKind.OpenFile ? -1 : context.Show(shown.ProcessId);
}

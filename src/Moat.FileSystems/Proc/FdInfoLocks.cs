// SPDX-License-Identifier: Apache-2.0
using System.Collections.Generic;
using Moat.Vfs;
using Moat.Vfs.Generated;
using Moat.Vfs.Locks;

namespace Moat.FileSystems.Proc;

/// <summary>The "lock:" lines of /proc/PID/fdinfo: what was locked through this very open file.</summary>
internal static class FdInfoLocks
{
    internal static void Write(ProcContext context, FdTable files, OpenFile file, ContentWriter writer)
    {
        if (file.Location?.Inode is not { ExistingLocks: { } locks } inode)
        {
            return;
        }

        List<ListedLock> own = [];
        List<ListedLock> piece = [];
        bool isLast = false;
        for (int from = 0; !isLast; from += LockPass.Most)
        {
            piece.Clear();
            isLast = locks.Describe(from, LockPass.Most, piece);
            foreach (ListedLock held in piece)
            {
                if (held.File == file && (held.Owner == files || held.Owner == file))
                {
                    own.Add(held);
                }
            }
        }

        own.Sort((one, other) => one.Kind != other.Kind
            ? one.Kind.CompareTo(other.Kind) : one.Start.CompareTo(other.Start));
        long id = 0;
        foreach (ListedLock held in own)
        {
            writer.Append("lock:\t");
            LocksText.Line(context, writer, ++id, 0, held, inode);
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
using System.Text;
using Moat.Abi;
using Moat.Base;
using Moat.Kernel.Tasks;
using Moat.Memory;
using Moat.Vfs;
using Moat.Vfs.Generated;

namespace Moat.FileSystems.Proc;

/// <summary>/proc/PID/map_files/START-END: names the file that is mapped there.</summary>
internal sealed class MapFileLink(ProcContext context, Task task, ulong start, uint permissions)
    : GeneratedInode(context.FileSystem, FileType.Symlink, permissions)
{
    public override bool IsCacheable => false;

    protected override (uint Uid, uint Gid) Owner => ProcessFile.OwnerOf(task);

    // As for all links of procfs.
    protected override long Size => 64;

    public override Result<byte[]> ReadLink(Caller caller)
    {
        if (!TaskAccess.MayInspect((Task)caller, task))
        {
            return Errno.EACCES;
        }

        if (ProcessFigures.Space(task) is not { } space)
        {
            return Errno.ENOENT;
        }

        using MapsText maps = space.TakeMaps();
        foreach (MapsEntry entry in maps.Entries())
        {
            if (entry.Start == start && entry.Vma?.Object is not null)
            {
                return Encoding.UTF8.GetBytes(entry.Name ?? "/dev/zero (deleted)");
            }
        }

        return Errno.ENOENT;
    }
}

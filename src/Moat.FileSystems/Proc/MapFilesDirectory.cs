// SPDX-License-Identifier: Apache-2.0
using System;
using System.Buffers.Text;
using System.Text;
using Moat.Abi;
using Moat.Abi.Mman;
using Moat.Base;
using Moat.Kernel.Tasks;
using Moat.Memory;
using Moat.Vfs;
using Moat.Vfs.Generated;

namespace Moat.FileSystems.Proc;

/// <summary>/proc/PID/map_files: a link for each mapping of a file, named by its addresses.</summary>
/// <remarks>A link is followed by the file's name, so one to a file that is gone leads nowhere.</remarks>
internal sealed class MapFilesDirectory(ProcContext context, Task task)
    : DynamicDirectory(context.FileSystem, 0x140)
{
    private const int FirstNumber = 0x8000;

    public override bool IsCacheable => false;

    protected override (uint Uid, uint Gid) Owner => ProcessFile.OwnerOf(task);

    protected override Result<Inode> Find(Caller caller, ReadOnlySpan<byte> name)
    {
        if (!TaskAccess.MayInspect((Task)caller, task))
        {
            return Errno.EACCES;
        }

        // No sign, no leading zeros: as they are listed.
        if (!Utf8Parser.TryParse(name, out ulong start, out int length, 'x') || length >= name.Length
            || ProcessFigures.Space(task)?.Find(start) is not { Object: not null } vma || vma.Start != start
            || !name.SequenceEqual(NameOf(vma)))
        {
            return Errno.ENOENT;
        }

        bool writes = vma.IsShared && (vma.MaxProtection & MemoryProtection.Write) != 0;
        return new MapFileLink(context, task, start, writes ? 0x180u : 0x100u);
    }

    protected override Errno Enumerate(Caller caller, DirectoryListing listing)
    {
        if (!TaskAccess.MayInspect((Task)caller, task))
        {
            return Errno.EACCES;
        }

        if (ProcessFigures.Space(task) is not { } space)
        {
            return Errno.Success;
        }

        int number = FirstNumber;
        foreach (Vma vma in space.Snapshot())
        {
            if (vma.Object is not null)
            {
                ulong inode = ProcInodes.Of(task.ThreadId, FirstNumber | (number++ & 0x7fff));
                listing.Add(NameOf(vma), inode, FileType.Symlink);
            }
        }

        return Errno.Success;
    }

    private static byte[] NameOf(Vma vma) => Encoding.ASCII.GetBytes($"{vma.Start:x}-{vma.End:x}");
}

// SPDX-License-Identifier: Apache-2.0
using System;
using System.Collections.Generic;
using Moat.Abi;
using Moat.Abi.Ipc;
using Moat.Host.Files;
using Moat.Kernel.Ipc;
using Moat.Kernel.Tasks;
using Moat.Vfs;
using Moat.Vfs.Generated;

namespace Moat.FileSystems.Proc;

/// <summary>/proc/sysvipc: the System V objects of the reader's IPC namespace (sysvipc(7)).</summary>
internal static class SysvText
{
    private const string MessageHeader =
        "       key      msqid perms      cbytes       qnum lspid lrpid   uid   gid  cuid  cgid      "
            + "stime      rtime      ctime\n";

    private const string SemaphoreHeader =
        "       key      semid perms      nsems   uid   gid  cuid  cgid      otime      ctime\n";

    private const string MemoryHeader =
        "       key      shmid perms                  size  cpid  lpid nattch   uid   gid  cuid  cgid"
            + "      atime      dtime      ctime                   rss                  swap\n";

    internal static void WriteMessages(ProcContext context, Caller caller, ContentWriter writer)
    {
        writer.Append(MessageHeader);
        IpcTable<MessageQueue> table = Space(context, caller).MessageQueues.Table;
        using (table.Lock.Enter())
        {
            foreach (MessageQueue queue in table.ObjectsLocked())
            {
                MessageQueueData data = queue.ToDataLocked();
                Begin(writer, queue.Permission, data.Permission.Mode);
                writer.Append($"  {data.Bytes,10} {data.Messages,10} {context.Show(data.LastSender),5}");
                writer.Append($" {context.Show(data.LastReceiver),5}");
                Owners(writer, caller, data.Permission);
                writer.Append($" {data.SendTime,10} {data.ReceiveTime,10} {data.ChangeTime,10}\n");
            }
        }
    }

    internal static void WriteSemaphores(ProcContext context, Caller caller, ContentWriter writer)
    {
        writer.Append(SemaphoreHeader);
        IpcTable<SemaphoreSet> table = Space(context, caller).Semaphores.Table;
        using (table.Lock.Enter())
        {
            foreach (SemaphoreSet set in table.ObjectsLocked())
            {
                IpcPermissionData permission = set.Permission.ToData();
                Begin(writer, set.Permission, permission.Mode);
                writer.Append($" {set.Count,10}");
                Owners(writer, caller, permission);
                writer.Append($" {set.OperationTime,10} {set.ChangeTime,10}\n");
            }
        }
    }

    internal static void WriteMemory(ProcContext context, Caller caller, ContentWriter writer)
    {
        writer.Append(MemoryHeader);
        IpcTable<SharedSegment> table = Space(context, caller).SharedMemory.Table;
        var rows = new List<(SharedSegment Segment, SharedSegmentData Data)>();
        using (table.Lock.Enter())
        {
            foreach (SharedSegment segment in table.ObjectsLocked())
            {
                // The host is asked for its pages with no lock held.
                if (segment.TryAddReference())
                {
                    rows.Add((segment, segment.ToDataLocked(1)));
                }
            }
        }

        foreach ((SharedSegment segment, SharedSegmentData data) in rows)
        {
            Begin(writer, segment.Permission, data.Permission.Mode);
            writer.Append($" {data.Size,21} {context.Show(data.CreatorPid),5}");
            writer.Append($" {context.Show(data.LastPid),5}");
            writer.Append($"  {data.AttachCount,5}");
            Owners(writer, caller, data.Permission);
            writer.Append($" {data.AttachTime,10} {data.DetachTime,10} {data.ChangeTime,10}");
            writer.Append($" {AllocatedBytes(segment),21} {0,21}\n");
            segment.Release();
        }
    }

    private static long AllocatedBytes(SharedSegment segment) =>
        HostPath.Stat(segment.HostFd, [], HostPath.EmptyPath, out HostStatx stat) == Errno.Success
            ? (long)stat.Blocks * 512 : 0;

    private static IpcNamespace Space(ProcContext context, Caller caller) =>
        caller is Task task ? task.Ipc : context.Kernel.Ipc;

    private static void Begin(ContentWriter writer, IpcPermission permission, uint mode) =>
        writer.Append($"{permission.Key,10} {permission.Id,10}  ")
            .Append(Convert.ToString(mode, 8).PadLeft(4));

    private static void Owners(ContentWriter writer, Caller caller, in IpcPermissionData permission)
    {
        writer.Append($" {caller.ShowUid(permission.Uid),5} {caller.ShowGid(permission.Gid),5}");
        writer.Append($" {caller.ShowUid(permission.CreatorUid),5}");
        writer.Append($" {caller.ShowGid(permission.CreatorGid),5}");
    }
}

// SPDX-License-Identifier: Apache-2.0
using Moat.Abi;
using Moat.Abi.Ipc;
using Moat.Kernel.Tasks;

namespace Moat.Syscalls;

/// <summary>Ids of System V objects as numbers of the namespaces of who asks (svipc(7)).</summary>
internal static class IpcAsSeen
{
    /// <summary>Owners as the caller sees them.</summary>
    internal static IpcPermissionData By(Task task, IpcPermissionData data)
    {
        data.Uid = task.ShowUid(data.Uid);
        data.Gid = task.ShowGid(data.Gid);
        data.CreatorUid = task.ShowUid(data.CreatorUid);
        data.CreatorGid = task.ShowGid(data.CreatorGid);
        return data;
    }

    /// <summary>Owners that the caller names: EINVAL for ids that are not mapped.</summary>
    internal static Errno Read(Task task, ref IpcPermissionData data) =>
        task.TryReadUid(ref data.Uid) && task.TryReadGid(ref data.Gid) ? Errno.Success : Errno.EINVAL;
}

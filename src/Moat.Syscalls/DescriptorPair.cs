// SPDX-License-Identifier: Apache-2.0
using Moat.Abi;
using Moat.Abi.Fcntl;
using Moat.Base;
using Moat.Kernel.Tasks;
using Moat.Memory;
using Moat.Vfs;

namespace Moat.Syscalls;

/// <summary>Gives two new files descriptors and tells the guest, or leaves nothing behind.</summary>
internal static class DescriptorPair
{
    /// <summary>Takes both references over.</summary>
    internal static SysResult Install(Task task, OpenFile first, OpenFile second, bool closeOnExec,
        GuestPtr<FdPair> fds)
    {
        Result<int> one = task.Files.Reserve(closeOnExec);
        Result<int> two = one.IsOk ? task.Files.Reserve(closeOnExec) : one.Error;
        Errno error = two.IsOk ? fds.Write(task.Memory, new FdPair(one.Value, two.Value)) : two.Error;
        if (error == Errno.Success)
        {
            task.Files.Publish(one.Value, first);
            task.Files.Publish(two.Value, second);
            return 0;
        }

        if (one.IsOk)
        {
            task.Files.CancelReservation(one.Value);
        }

        if (two.IsOk)
        {
            task.Files.CancelReservation(two.Value);
        }

        first.Release();
        second.Release();
        return error;
    }
}

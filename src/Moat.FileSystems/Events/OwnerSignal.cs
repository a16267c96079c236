// SPDX-License-Identifier: Apache-2.0
using Moat.Abi;
using Moat.Abi.Signals;
using Moat.Base;
using Moat.Kernel;
using Moat.Kernel.Signals;
using Moat.Kernel.Tasks;
using Moat.Vfs;

namespace Moat.FileSystems.Events;

/// <summary>Signals to the owner of a file (send_sigio of fs/fcntl.c).</summary>
internal static class OwnerSignal
{
    /// <summary>Sends SIGIO, or the signal that was chosen with what happened.</summary>
    /// <param name="kernel">Whose.</param>
    /// <param name="file">Its owner and signal count.</param>
    /// <param name="fd">The descriptor that notices were asked for by.</param>
    /// <param name="code">POLL_IN and its kin.</param>
    /// <param name="band">The events.</param>
    internal static void Send(LinuxKernel kernel, OpenFile file, int fd, int code, long band)
    {
        FileOwner owner = file.SignalOwner;
        if (owner.Id == 0)
        {
            return;
        }

        int number = file.SignalNumber;
        var plain = new SigInfo { Number = (int)Signal.SIGIO, Code = SigInfo.SI_KERNEL };
        SigInfo info = number == 0
            ? plain : new SigInfo { Number = number, Code = code, Band = band, Fd = fd };
        if (owner.Kind == FileOwnerKind.Thread)
        {
            if (kernel.Tree.FindTask(owner.Id) is { } thread && MaySend(owner, thread)
                && SignalSender.SendToTask(thread, info) == Errno.EAGAIN)
            {
                _ = SignalSender.SendToTask(thread, plain);
            }

            return;
        }

        if (owner.Kind == FileOwnerKind.Process)
        {
            SendTo(kernel.Tree.FindProcess(owner.Id), owner, info, plain);
            return;
        }

        foreach (ThreadGroup process in kernel.Tree.SnapshotProcesses())
        {
            if (process.ProcessGroup?.Id == owner.Id)
            {
                SendTo(process, owner, info, plain);
            }
        }
    }

    private static void SendTo(ThreadGroup? process, in FileOwner owner, in SigInfo info, in SigInfo plain)
    {
        if (process is not null && MaySend(owner, process.Leader)
            && SignalSender.SendToProcess(process, info) == Errno.EAGAIN)
        {
            _ = SignalSender.SendToProcess(process, plain);
        }
    }

    // sigio_perm.
    private static bool MaySend(in FileOwner owner, Task target)
    {
        Credentials theirs = target.Credentials;
        return owner.EffectiveUid == 0 || owner.EffectiveUid == theirs.SavedUid
            || owner.EffectiveUid == theirs.Uid || owner.Uid == theirs.SavedUid || owner.Uid == theirs.Uid;
    }
}

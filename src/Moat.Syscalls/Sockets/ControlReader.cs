// SPDX-License-Identifier: Apache-2.0
using System;
using System.Runtime.InteropServices;
using Moat.Abi;
using Moat.Abi.Sockets;
using Moat.Base;
using Moat.Kernel.Net;
using Moat.Kernel.Tasks;
using Moat.Sockets;
using Moat.Vfs;

namespace Moat.Syscalls.Sockets;

/// <summary>
/// Takes the control messages of sendmsg in: descriptors and credentials (cmsg(3), unix(7)).
/// </summary>
internal static class ControlReader
{
    private const int HeaderSize = 16;
    private const int MaximumControl = 64 * 1024;
    private const int MaximumFiles = 253;
    private const int SocketLevel = 1;
    private const int Rights = 1;
    private const int CredentialsType = 2;

    /// <summary>Reads them; on success the ancillary data holds a reference on each file.</summary>
    internal static Errno Read(Task task, ulong control, ulong length, ref Ancillary ancillary)
    {
        if (length == 0)
        {
            return Errno.Success;
        }

        if (length > MaximumControl)
        {
            return Errno.ENOBUFS;
        }

        OpenFile[] files = [];
        byte[] bytes = new byte[length];
        Errno error = task.Memory.Read(control, bytes);
        ReadOnlySpan<byte> rest = bytes;
        while (error == Errno.Success && rest.Length >= HeaderSize)
        {
            ControlHeader header = MemoryMarshal.Read<ControlHeader>(rest);
            if (header.Length < HeaderSize || header.Length > (ulong)rest.Length)
            {
                error = Errno.EINVAL;
                break;
            }

            int size = (int)header.Length;
            if (header.Level == SocketLevel)
            {
                error = Take(task, header.Type, rest[HeaderSize..size], ref files, ref ancillary);
            }

            rest = rest[Math.Min((size + 7) & ~7, rest.Length)..];
        }

        if (error != Errno.Success)
        {
            foreach (OpenFile file in files)
            {
                file.Release();
            }

            return error;
        }

        if (files.Length > 0)
        {
            Result<PassedFiles> sent = task.Kernel.FilesInFlight.Send(task, files);
            ancillary.Files = sent.IsOk ? sent.Value : null;
            return sent.Error;
        }

        return Errno.Success;
    }

    private static Errno Take(
        Task task, int type, ReadOnlySpan<byte> data, ref OpenFile[] files, ref Ancillary ancillary) =>
        type switch
    {
        Rights => TakeFiles(task, MemoryMarshal.Cast<byte, int>(data), ref files),
        CredentialsType => TakeCredentials(task, data, ref ancillary),
        _ => Errno.EINVAL,
    };

    private static Errno TakeFiles(Task task, ReadOnlySpan<int> fds, ref OpenFile[] all)
    {
        OpenFile[] before = all;
        if (before.Length + fds.Length > MaximumFiles)
        {
            return Errno.EINVAL;
        }

        if (fds.IsEmpty)
        {
            return Errno.Success;
        }

        var files = new OpenFile[before.Length + fds.Length];
        before.CopyTo(files, 0);
        for (int i = 0; i < fds.Length; i++)
        {
            OpenFile? file = task.Files.BorrowAny(fds[i]).File;
            if (file is not { MayBePassed: true })
            {
                file?.Release();
                for (int done = 0; done < i; done++)
                {
                    files[before.Length + done].Release();
                }

                return file is null ? Errno.EBADF : Errno.EINVAL;
            }

            files[before.Length + i] = file;
        }

        all = files;
        return Errno.Success;
    }

    private static Errno TakeCredentials(Task task, ReadOnlySpan<byte> data, ref Ancillary ancillary)
    {
        if (data.Length != 12)
        {
            return Errno.EINVAL;
        }

        PeerCredentials sender = MemoryMarshal.Read<PeerCredentials>(data);
        Credentials own = task.Credentials;
        uint namedUid = sender.Uid;
        uint namedGid = sender.Gid;
        if (!task.TryReadUid(ref namedUid) || namedUid == ~0u
            || !task.TryReadGid(ref namedGid) || namedGid == ~0u)
        {
            return Errno.EINVAL;
        }

        sender = sender with { Uid = namedUid, Gid = namedGid };
        int named = task.ReadProcess(sender.ProcessId);
        bool pid = sender.ProcessId == task.Group.OwnId || own.Has(Capability.SysAdmin, task.PidSpace.Owner);
        bool uid = sender.Uid == own.Uid || sender.Uid == own.EffectiveUid || sender.Uid == own.SavedUid
            || own.HasOwn(Capability.Setuid);
        bool gid = sender.Gid == own.Gid || sender.Gid == own.EffectiveGid || sender.Gid == own.SavedGid
            || own.HasOwn(Capability.Setgid);
        if (!pid || !uid || !gid)
        {
            return Errno.EPERM;
        }

        if (named == 0 && sender.ProcessId != 0)
        {
            return Errno.ESRCH;
        }

        ancillary.Sender = sender with { ProcessId = named };
        return Errno.Success;
    }
}

// SPDX-License-Identifier: Apache-2.0
using System;
using System.Text;
using Moat.Abi;
using Moat.Base;
using Moat.Host.Files;
using Moat.Host.Shared;
using Moat.Memory;
using Moat.Vfs;
using Moat.Vfs.Paths;

namespace Moat.FileSystems.Fuse;

/// <summary>
/// The content of a file at the moment of a mapping: read whole then, so that no page fault ever waits for
/// the daemon.
/// </summary>
/// <remarks>
/// Invariants: nothing is written back; a change of the file makes later mappings map another one. Size and
/// number are bounded by the sandbox's budgets.
/// </remarks>
internal sealed class FuseMemory : MemoryObject
{
    private const long Largest = 1L << 30;
    private readonly FuseInode _inode;
    private readonly InodeAttributes _seen;
    private readonly string _name;

    private FuseMemory(FuseInode inode, int fd, in InodeAttributes seen, string name)
    {
        _inode = inode;
        HostFd = fd;
        _seen = seen;
        _name = name;
        inode.AddUse();
    }

    public override int HostFd { get; }

    public override ulong DeviceId => _seen.DeviceId;

    public override ulong InodeNumber => _seen.InodeNumber;

    public override string Name => _name;

    /// <summary>What is mapped already, if the file is still so; else what the daemon gives.</summary>
    internal static Result<FuseMemory> Acquire(
        Caller caller, FuseInode inode, FuseHandle handle, Location location)
    {
        Errno error = inode.Refresh(caller, forPermission: false);
        if (error != Errno.Success)
        {
            return error;
        }

        _ = inode.GetAttributes(out InodeAttributes now);
        if (inode.Memory is { } present && present._seen.Size == now.Size
            && present._seen.ModifyTime == now.ModifyTime && present.TryAddReference())
        {
            return present;
        }

        FuseBudget budget = inode.Fs.Connection.Budget;
        if (now.Size > Largest || !budget.TryTakeMapped(now.Size))
        {
            return Errno.ENOMEM;
        }

        Result<int> made = Make(budget, now.Size);
        if (!made.TryGet(out int fd, out error))
        {
            budget.GiveMapped(now.Size);
            return error;
        }

        string name = Encoding.UTF8.GetString(PathFormatter.Format(location, caller.FileSystem.Root));
        var memory = new FuseMemory(inode, fd, now, name);
        error = memory.Fill(caller, handle);
        if (error != Errno.Success)
        {
            memory.Release();
            return error;
        }

        inode.Memory = memory;
        return memory;
    }

    protected override void Destroy()
    {
        FuseBudget budget = _inode.Fs.Connection.Budget;
        _ = HostFile.Close(HostFd);
        budget.Descriptors.GiveBack();
        budget.GiveMapped(_seen.Size);
        _inode.DropUse();
    }

    private static Result<int> Make(FuseBudget budget, long size)
    {
        if (!budget.Descriptors.TryTake())
        {
            return Errno.ENFILE;
        }

        Result<int> made = Memfd.Create("fuse", MemfdFlags.CloseOnExec | MemfdFlags.Exec);
        Errno error = made.IsOk ? HostFile.Truncate(made.Value, size) : made.Error;
        if (error == Errno.Success)
        {
            return made;
        }

        if (made.IsOk)
        {
            _ = HostFile.Close(made.Value);
        }

        budget.Descriptors.GiveBack();
        return error == Errno.EMFILE ? Errno.ENFILE : error;
    }

    private Errno Fill(Caller caller, FuseHandle handle)
    {
        byte[] buffer = new byte[(int)Math.Min(_seen.Size, FuseTerms.LargestTransfer)];
        for (long at = 0; at < _seen.Size;)
        {
            Span<byte> piece = buffer.AsSpan(0, (int)Math.Min(buffer.Length, _seen.Size - at));
            Result<int> read = FuseTransfer.Read(caller, _inode, handle, handle.Flags, piece, at);
            if (!read.TryGet(out int got, out Errno error))
            {
                return error;
            }

            if (got == 0)
            {
                break;
            }

            Result<int> written = HostFile.Pwrite(HostFd, piece[..got], at);
            if (!written.IsOk)
            {
                return written.Error;
            }

            at += got;
        }

        return Errno.Success;
    }
}

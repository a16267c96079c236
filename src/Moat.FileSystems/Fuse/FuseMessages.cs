// SPDX-License-Identifier: Apache-2.0
using System;
using System.Collections.Generic;
using Moat.Abi;
using Moat.Kernel.Tasks;
using Moat.Vfs.Namespaces;

namespace Moat.FileSystems.Fuse;

/// <summary>What the kernel says by itself: headers, INIT, FORGET, INTERRUPT; and undoes answers.</summary>
internal static class FuseMessages
{
    /// <summary>FUSE_KERNEL_MINOR_VERSION that is offered.</summary>
    internal const uint Minor = 31;

    private const int MostForgets = 256;
    private const uint ReadAhead = 128 * 1024;

    /// <summary>Who asks; EOVERFLOW for a user whom the daemon has no number for.</summary>
    internal static Errno Sign(FuseTerms terms, FuseRequest request, Task task)
    {
        uint uid = terms.Owner.Uids.FromKernel(task.Credentials.FsUid);
        uint gid = terms.Owner.Gids.FromKernel(task.Credentials.FsGid);
        if (uid == IdMap.Invalid || gid == IdMap.Invalid)
        {
            return Errno.EOVERFLOW;
        }

        int number = terms.PidSpace is { } space ? task.NumberIn(space) : task.ThreadId;
        request.Asker = (uid, gid, (uint)number);
        return Errno.Success;
    }

    /// <summary>struct fuse_in_header.</summary>
    internal static void WriteHeader(FuseRequest request)
    {
        WriteHeader(request.Message, request.Opcode, request.Unique, request.Node);
        var writer = new FuseWriter(request.Message.AsSpan(24));
        writer.Word(request.Asker.Uid);
        writer.Word(request.Asker.Gid);
        writer.Word(request.Asker.Pid);
    }

    /// <summary>The first question (struct fuse_init_in).</summary>
    internal static FuseRequest Init()
    {
        var request = new FuseRequest(FuseOpcode.Init, 0, 16, 8, 64);
        var writer = new FuseWriter(request.Body);
        writer.Word(7);
        writer.Word(Minor);
        writer.Word(ReadAhead);
        writer.Word(FuseTerms.Offered);
        return request;
    }

    /// <summary>Who asked something is in a hurry now.</summary>
    internal static byte[] Interrupt(ulong interrupted)
    {
        byte[] message = new byte[FuseRequest.HeaderSize + 8];
        WriteHeader(message, FuseOpcode.Interrupt, interrupted | 1, 0);
        new FuseWriter(message.AsSpan(FuseRequest.HeaderSize)).Long(interrupted);
        return message;
    }

    /// <summary>Takes nodes off the queue into one message.</summary>
    internal static byte[] Forget(Queue<(ulong Node, ulong Count)> nodes, ulong unique)
    {
        int count = Math.Min(nodes.Count, MostForgets);
        bool isOne = count == 1;
        byte[] message = new byte[FuseRequest.HeaderSize + 8 + (isOne ? 0 : count * 16)];
        var writer = new FuseWriter(message.AsSpan(FuseRequest.HeaderSize));
        if (isOne)
        {
            (ulong node, ulong times) = nodes.Dequeue();
            WriteHeader(message, FuseOpcode.Forget, unique, node);
            writer.Long(times);
            return message;
        }

        WriteHeader(message, FuseOpcode.BatchForget, unique, 0);
        writer.Word((uint)count);
        writer.Word(0);
        for (int i = 0; i < count; i++)
        {
            (ulong node, ulong times) = nodes.Dequeue();
            writer.Long(node);
            writer.Long(times);
        }

        return message;
    }

    /// <summary>Who asked is dead: what the daemon has counted or opened for it is let go.</summary>
    internal static void Undo(FuseConnection connection, FuseRequest request)
    {
        var reader = new FuseReader(request.Reply);
        switch (request.Opcode)
        {
            case FuseOpcode.Lookup or FuseOpcode.MakeNode or FuseOpcode.MakeDirectory or FuseOpcode.Symlink
                or FuseOpcode.Link:
                ForgetNode(connection, reader.Long());
                break;
            case FuseOpcode.Open:
                new FuseHandle(connection, request.Node, reader.Long(), 0, 0, false).Release();
                break;
            case FuseOpcode.OpenDirectory:
                new FuseHandle(connection, request.Node, reader.Long(), 0, 0, true).Release();
                break;
            case FuseOpcode.Create:
                ulong node = reader.Long();
                _ = reader.Take(FuseEntry.Size - sizeof(ulong));
                new FuseHandle(connection, node, reader.Long(), 0, 0, false).Release();
                ForgetNode(connection, node);
                break;
        }
    }

    private static void ForgetNode(FuseConnection connection, ulong node)
    {
        if (node > FuseFileSystem.RootNode)
        {
            connection.Forget(node, 1);
        }
    }

    private static void WriteHeader(byte[] message, FuseOpcode opcode, ulong unique, ulong node)
    {
        var writer = new FuseWriter(message);
        writer.Word((uint)message.Length);
        writer.Word((uint)opcode);
        writer.Long(unique);
        writer.Long(node);
    }
}

// SPDX-License-Identifier: Apache-2.0
using System;
using Moat.Abi;
using Moat.Abi.Keys;
using Moat.Base;
using Moat.Kernel.Keys;
using Moat.Kernel.Tasks;
using Moat.Memory;

namespace Moat.Syscalls;

/// <summary>add_key(2), request_key(2), keyctl(2).</summary>
public static class KeyCalls
{
    private const int LargestPayload = (1 << 20) - 1;
    private const int LargestUpdate = 4096;
    private const int LargestCount = 1024;
    private const int IoVectorBytes = 16;
    private const uint ExclusiveMove = 1;

    /// <summary>CAPABILITIES, INVALIDATE, RESTRICT_KEYRING, MOVE; names and tags per namespace.</summary>
    private static ReadOnlySpan<byte> Capabilities => [0xe1, 0x03];

    /// <summary>add_key(2).</summary>
    [Syscall("add_key")]
    public static SysResult Add(Task task, GuestString type, GuestString description, ulong payload,
        ulong length, int ring)
    {
        if (length > LargestPayload)
        {
            return Errno.EINVAL;
        }

        Span<byte> kind = stackalloc byte[KeyStrings.TypeSize];
        Errno error = KeyStrings.ReadType(task, type.Address, ref kind);
        byte[]? text = null;
        if (error == Errno.Success && !description.IsNull)
        {
            error = KeyStrings.Read(task, description.Address, out text);
            text = text is { Length: 0 } ? null : text;
            error = error == Errno.Success && text is [(byte)'.', ..] && kind.StartsWith("keyring"u8)
                ? Errno.EPERM : error;
        }

        if (error != Errno.Success)
        {
            return error;
        }

        byte[] buffer = ScratchBuffers.Take();
        error = KeyStrings.ReadPayload(task, payload, (int)length, buffer, out int kept);
        SysResult result = error != Errno.Success
            ? error : KeyOperations.Add(task, kind, text, buffer.AsSpan(0, kept), ring);
        buffer.AsSpan(0, kept).Clear();
        ScratchBuffers.Return(buffer);
        return result;
    }

    /// <summary>request_key(2).</summary>
    [Syscall("request_key")]
    public static SysResult Request(Task task, GuestString type, GuestString description, GuestString callout,
        int ring)
    {
        Span<byte> kind = stackalloc byte[KeyStrings.TypeSize];
        byte[]? text = null;
        Errno error = KeyStrings.ReadType(task, type.Address, ref kind);
        error = error != Errno.Success ? error : KeyStrings.Read(task, description.Address, out text);
        error = error != Errno.Success || callout.IsNull
            ? error : KeyStrings.Read(task, callout.Address, out _);
        return error != Errno.Success
            ? error : KeyringOperations.Request(task, kind, text!, !callout.IsNull, ring);
    }

    /// <summary>keyctl(2).</summary>
    [Syscall("keyctl")]
    public static SysResult Control(
        Task task, KeyctlOperation operation, ulong a2, ulong a3, ulong a4, ulong a5)
    {
        int id = (int)a2;
        switch (operation)
        {
            case KeyctlOperation.GetKeyringId:
                return SessionOperations.GetId(task, id, (int)a3 != 0);
            case KeyctlOperation.JoinSessionKeyring:
                return Join(task, a2);
            case KeyctlOperation.SetRequestKeyring:
                return SessionOperations.SetDefault(task, id);
            case KeyctlOperation.SessionToParent:
                return SessionOperations.GiveToParent(task);
            case KeyctlOperation.Clear:
                return KeyringOperations.Clear(task, id);
            case KeyctlOperation.Link:
                return KeyringOperations.Link(task, id, (int)a3);
            case KeyctlOperation.Unlink:
                return KeyringOperations.Unlink(task, id, (int)a3);
            case KeyctlOperation.Move:
                return ((uint)a5 & ~ExclusiveMove) != 0
                    ? Errno.EINVAL : KeyringOperations.Move(task, id, (int)a3, (int)a4, (uint)a5 == 0);
            case KeyctlOperation.Search:
                return Search(task, id, a3, a4, (int)a5);
            case KeyctlOperation.RestrictKeyring:
                return Restrict(task, id, a3, a4);
            case KeyctlOperation.Capabilities:
                return TellCapabilities(task, a2, a3);
            case KeyctlOperation.Instantiate or KeyctlOperation.InstantiateVector or KeyctlOperation.Negate
                or KeyctlOperation.Reject or KeyctlOperation.AssumeAuthority:
                return Instantiate(task, operation, a2, a3, a4);
            default:
                return OnKey(task, operation, id, a3, a4);
        }
    }

    private static SysResult OnKey(Task task, KeyctlOperation operation, int id, ulong a3, ulong a4)
    {
        switch (operation)
        {
            case KeyctlOperation.Update:
                return Update(task, id, a3, a4);
            case KeyctlOperation.Revoke:
                return KeyOperations.Revoke(task, id);
            case KeyctlOperation.Invalidate:
                return KeyOperations.Invalidate(task, id);
            case KeyctlOperation.SetTimeout:
                return KeyOperations.SetTimeout(task, id, (uint)a3);
            case KeyctlOperation.SetRights:
                return KeyOperations.SetRights(task, id, (uint)a3);
            case KeyctlOperation.ChangeOwner:
                uint uid = (uint)a3;
                uint gid = (uint)a4;
                return !task.TryReadUid(ref uid) || !task.TryReadGid(ref gid)
                    ? Errno.EINVAL : KeyOperations.ChangeOwner(task, id, uid, gid);
            case KeyctlOperation.Describe:
                return KeyOperations.Describe(task, id).TryGet(out byte[]? text, out Errno error)
                    ? Give(task, text, a3, a4) : error;
            case KeyctlOperation.Read:
                bool isWhole = a3 == 0 || (a4 & 3) == 0;
                return KeyOperations.Read(task, id, isWhole).TryGet(out byte[]? data, out error)
                    ? Give(task, data, a3, a4) : error;
            case KeyctlOperation.GetSecurity:
                error = KeyOperations.CheckSecurity(task, id);
                return error == Errno.Success ? Give(task, [0], a3, a4) : error;
            default:
                return Errno.EOPNOTSUPP;
        }
    }

    private static SysResult Join(Task task, ulong address)
    {
        byte[]? name = null;
        Errno error = address == 0 ? Errno.Success : KeyStrings.Read(task, address, out name);
        return error != Errno.Success ? error
            : name is [(byte)'.', ..] ? Errno.EPERM : SessionOperations.Join(task, name);
    }

    private static SysResult Update(Task task, int id, ulong payload, ulong length)
    {
        if (length > LargestUpdate)
        {
            return Errno.EINVAL;
        }

        Span<byte> data = stackalloc byte[LargestUpdate];
        data = payload == 0 ? [] : data[..(int)length];
        Errno error = task.Memory.Read(payload, data);
        return error != Errno.Success ? error : KeyOperations.Update(task, id, data);
    }

    private static SysResult Search(Task task, int id, ulong type, ulong description, int target)
    {
        Span<byte> kind = stackalloc byte[KeyStrings.TypeSize];
        byte[]? text = null;
        Errno error = KeyStrings.ReadType(task, type, ref kind);
        error = error != Errno.Success ? error : KeyStrings.Read(task, description, out text);
        return error != Errno.Success ? error : KeyringOperations.Search(task, id, kind, text!, target);
    }

    private static SysResult Restrict(Task task, int id, ulong type, ulong restriction)
    {
        if ((type == 0) != (restriction == 0))
        {
            return Errno.EINVAL;
        }

        Span<byte> kind = stackalloc byte[KeyStrings.TypeSize];
        Errno error = Errno.Success;
        if (type == 0)
        {
            kind = [];
        }
        else
        {
            error = KeyStrings.ReadType(task, type, ref kind);
            error = error != Errno.Success ? error : KeyStrings.Read(task, restriction, out _);
        }

        return error != Errno.Success ? error : KeyringOperations.Restrict(task, id, kind);
    }

    // Nobody is ever asked to make a key, so nobody has the authority to.
    private static SysResult Instantiate(Task task, KeyctlOperation operation, ulong a2, ulong a3, ulong a4)
    {
        switch (operation)
        {
            case KeyctlOperation.AssumeAuthority:
                int id = (int)a2;
                return id == 0 ? 0 : id < 0 ? Errno.EINVAL : Errno.ENOKEY;
            case KeyctlOperation.Instantiate:
                return a3 != 0 && a4 > LargestPayload ? Errno.EINVAL : Errno.EPERM;
            case KeyctlOperation.Reject:
                uint error = (uint)a4;
                return error is 0 or >= 4095 or 512 or 513 or 514 or 516 ? Errno.EINVAL : Errno.EPERM;
            case KeyctlOperation.InstantiateVector when a3 != 0:
                if (a4 > LargestCount)
                {
                    return Errno.EINVAL;
                }

                Span<byte> vector = stackalloc byte[LargestCount * IoVectorBytes];
                return task.Memory.Read(a3, vector[..((int)a4 * IoVectorBytes)]) != Errno.Success
                    ? Errno.EFAULT : Errno.EPERM;
            default:
                return Errno.EPERM;
        }
    }

    private static SysResult TellCapabilities(Task task, ulong address, ulong size)
    {
        int known = (int)Math.Min(size, (ulong)Capabilities.Length);
        Errno error = known == 0 ? Errno.Success : task.Memory.Write(address, Capabilities[..known]);
        Span<byte> zeros = stackalloc byte[256];
        zeros.Clear();
        for (ulong done = (ulong)known; done < size && error == Errno.Success; done += (ulong)zeros.Length)
        {
            int more = (int)Math.Min(size - done, (ulong)zeros.Length);
            error = task.IsInterrupted ? Errno.EINTR : task.Memory.Write(address + done, zeros[..more]);
        }

        return error != Errno.Success ? error : Capabilities.Length;
    }

    // The size is told; the content only to a buffer that has room for it.
    private static SysResult Give(Task task, ReadOnlySpan<byte> data, ulong address, ulong size)
    {
        Errno error = address != 0 && size >= (ulong)data.Length
            ? task.Memory.Write(address, data) : Errno.Success;
        return error != Errno.Success ? error : data.Length;
    }
}

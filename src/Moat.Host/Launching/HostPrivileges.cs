// SPDX-License-Identifier: Apache-2.0
using System.Collections.Generic;
using System.Runtime.InteropServices;
using Moat.Abi;
using Moat.Base;
using Moat.Host.Processes;

namespace Moat.Host.Launching;

/// <summary>Gives up privileges: capabilities, securebits, no_new_privs.</summary>
public static unsafe class HostPrivileges
{
    private const int SetParentDeathSignal = 1;
    private const int SetDumpable = 4;
    private const int ReadBounding = 23;
    private const int DropBounding = 24;
    private const int SetSecureBits = 28;
    private const int NoNewPrivileges = 38;
    private const int Ambient = 47;
    private const ulong AmbientClear = 4;
    private const uint CapabilityVersion3 = 0x20080522;
    private const int LastCapability = 63;

    /// <summary>
    /// noroot, no_setuid_fixup and their locks: uid 0 means nothing on exec. (SECBIT_*, securebits.h)
    /// </summary>
    private const ulong LockedSecureBits = 0x1 | 0x2 | 0x4 | 0x8;

    /// <summary>
    /// Keeps only the given capabilities in all threads, in effect and as an upper bound for ever; needs
    /// CAP_SETPCAP.
    /// </summary>
    [HostCall("capset", Why = "dropping capabilities", Stage = HostCallStage.Starting)]
    public static Errno KeepOnly(ulong mask, int[] otherThreads)
    {
        var calls = new List<(SyscallNumber, ulong, ulong, ulong)> { (SyscallNumber.prctl, Ambient,
            AmbientClear, 0) };
        for (int capability = 0; capability <= LastCapability; capability++)
        {
            bool exists = !HostProcess.Control(ReadBounding, (ulong)capability).IsError;
            if (exists && (mask & (1UL << capability)) == 0)
            {
                calls.Add((SyscallNumber.prctl, DropBounding, (ulong)capability, 0));
            }
        }

        calls.Add((SyscallNumber.prctl, SetSecureBits, LockedSecureBits, 0));
        fixed (byte* p = CapabilityBytes(mask, mask, 0))
        {
            calls.Add((SyscallNumber.capset, (ulong)p, (ulong)p + 8, 0));
            return ThreadBroadcast.Run(otherThreads, CollectionsMarshal.AsSpan(calls));
        }
    }

    /// <summary>The calling thread's effective capabilities.</summary>
    [HostCall("capget", Why = "what the launcher may do", Stage = HostCallStage.Starting)]
    public static ulong Effective()
    {
        fixed (byte* p = CapabilityBytes(0, 0, 0))
        {
            Errno error = HostCall.Invoke(SyscallNumber.capget, (ulong)p, (ulong)p + 8).Error;
            uint* data = (uint*)(p + 8);
            // Two structures of three words: effective, permitted, inheritable (capget(2)).
            return error == Errno.Success ? data[0] | ((ulong)data[3] << 32) : 0;
        }
    }

    /// <summary>Nothing that is executed from now on gains privileges.</summary>
    public static Errno ForbidNewPrivileges() => HostProcess.Control(NoNewPrivileges, 1).Error;

    /// <summary>The signal that the host sends when the parent thread ends.</summary>
    public static Errno DieWithParent(int signal) =>
        HostProcess.Control(SetParentDeathSignal, (ulong)signal).Error;

    /// <summary>Whether processes of the same user may look into this one.</summary>
    public static Errno SetInspectable(bool on) => HostProcess.Control(SetDumpable, on ? 1u : 0u).Error;

    /// <summary>
    /// The bytes of capset(2)'s two structures for a child: header at 0, data at 8, 32 in all.
    /// </summary>
    public static byte[] CapabilityBytes(ulong effective, ulong permitted, ulong inheritable)
    {
        uint[] words =
        [
            CapabilityVersion3, 0, (uint)effective, (uint)permitted, (uint)inheritable,
            (uint)(effective >> 32), (uint)(permitted >> 32), (uint)(inheritable >> 32),
        ];
        var bytes = new byte[32];
        System.Buffer.BlockCopy(words, 0, bytes, 0, 32);
        return bytes;
    }
}

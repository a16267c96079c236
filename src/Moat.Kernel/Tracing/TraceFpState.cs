// SPDX-License-Identifier: Apache-2.0
using System;
using System.Runtime.InteropServices;
using Moat.Abi;
using Moat.Kernel.Tasks;

namespace Moat.Kernel.Tracing;

/// <summary>
/// A stopped tracee's FP and vector registers: struct user_fpregs_struct, or as xsave writes them, with the
/// mask of what there is in the bytes that software may use (NT_X86_XSTATE).
/// </summary>
public static class TraceFpState
{
    /// <summary>sizeof(struct user_fpregs_struct).</summary>
    public const int LegacySize = 512;

    private const int RegistersEnd = 416;
    private const int SoftwareBytes = 464;
    private const int FrameFeatures = 472;
    private const int FrameSize = 480;
    private const int Header = 512;
    private const int HeaderEnd = 576;
    private const int ControlStatus = 24;
    private const uint ControlStatusMask = 0xffff;
    private const ulong LegacyFeatures = 3;

    /// <summary>How large the whole state is; 512 where there is no xsave; 0 for a broken frame.</summary>
    public static int SizeOf(Task task)
    {
        ReadOnlySpan<byte> state = task.Stub.FpState();
        if (state.Length <= HeaderEnd)
        {
            return state.Length;
        }

        uint size = MemoryMarshal.Read<uint>(state[FrameSize..]);
        return size >= HeaderEnd && size <= (uint)state.Length ? (int)size : LegacySize;
    }

    /// <summary>Copies the state, as much as fits.</summary>
    public static void Get(Task task, Span<byte> into)
    {
        into.Clear();
        ReadOnlySpan<byte> state = task.Stub.FpState();
        Span<byte> whole = stackalloc byte[HeaderEnd];
        whole.Clear();
        state[..Math.Min(state.Length, HeaderEnd)].CopyTo(whole);
        ulong features = state.Length > LegacySize ? MemoryMarshal.Read<ulong>(state[FrameFeatures..]) : 0;
        whole[RegistersEnd..LegacySize].Clear();
        if (into.Length > LegacySize)
        {
            MemoryMarshal.Write(whole[SoftwareBytes..], features);
            whole[(Header + 8)..].Clear();
        }

        whole[..Math.Min(into.Length, HeaderEnd)].CopyTo(into);
        int end = Math.Min(into.Length, state.Length);
        if (end > HeaderEnd)
        {
            state[HeaderEnd..end].CopyTo(into[HeaderEnd..]);
        }
    }

    /// <summary>Replaces the state, the legacy part or all of it. EINVAL for what the CPU would refuse.
    /// </summary>
    public static Errno Set(Task task, ReadOnlySpan<byte> from)
    {
        Span<byte> state = task.Stub.FpState();
        if (state.Length < LegacySize)
        {
            return Errno.EIO;
        }

        if ((MemoryMarshal.Read<uint>(from[ControlStatus..]) & ~ControlStatusMask) != 0)
        {
            return Errno.EINVAL;
        }

        ulong features = state.Length > LegacySize ? MemoryMarshal.Read<ulong>(state[FrameFeatures..]) : 0;
        if (from.Length <= LegacySize)
        {
            from[..RegistersEnd].CopyTo(state);
            if (state.Length > LegacySize)
            {
                MemoryMarshal.Write(state[Header..],
                    MemoryMarshal.Read<ulong>(state[Header..]) | LegacyFeatures);
            }

            return Errno.Success;
        }

        if (from.Length < HeaderEnd || from.Length > state.Length
            || (MemoryMarshal.Read<ulong>(from[Header..]) & ~features) != 0
            || from[(Header + 8)..HeaderEnd].ContainsAnyExcept((byte)0))
        {
            return Errno.EINVAL;
        }

        from[..RegistersEnd].CopyTo(state);
        from[Header..].CopyTo(state[Header..]);
        return Errno.Success;
    }
}

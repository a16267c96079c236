// SPDX-License-Identifier: Apache-2.0
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;
using System.Threading;
using Moat.Host;
using Moat.Host.Shared;

namespace Moat.Platform;

/// <summary>
/// The kernel's side of the hand-off with one stub thread: reply, then wait for its next event.
/// </summary>
/// <remarks>
/// Belongs to the driving task thread, but for <see cref="OnDeath"/>. Spinning is bounded, is left out while
/// both sides share a CPU, and shrinks for threads whose calls are far apart (platform.md, "Hand-off").
/// </remarks>
internal sealed unsafe class HandOff(ThreadArea area)
{
    private const int ShortestSpin = 64;
    private volatile bool _dead;
    private int _spin = SpinBudget.Iterations;
    private uint _stubCpu = uint.MaxValue;
    private bool _toldSleep;

    /// <summary>True once the process has ended.</summary>
    internal bool IsDead => _dead;

    /// <summary>Tells the stub what to do; more of it may stand in the area's other reply words.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void Reply(uint flags, int orders, int copies, ulong rax)
    {
        if (_toldSleep)
        {
            _toldSleep = false;
            area.Field<uint>(StubLayout.TaskSleeps) = 0;
        }

        area.Field<ulong>(StubLayout.ReplyRax) = rax;
        area.Field<uint>(StubLayout.ReplyWord) = flags | ((uint)copies << StubLayout.ReplyCopiesShift)
            | ((uint)orders << StubLayout.ReplyOrdersShift);
        if (!_dead)
        {
            area.PublishReply();
        }
    }

    /// <summary>
    /// Waits for the stub's next event. Returns <see cref="StubLayout.StateEvent"/>, <see
    /// cref="StubLayout.StateFast"/>; or <see cref="StubLayout.StateDead"/> when the process has ended or
    /// wrote
    /// what no stub writes.
    /// </summary>
    internal uint Wait()
    {
        uint* state = area.StateWord;
        if (_stubCpu != HostCall.CurrentCpu())
        {
            for (int i = _spin; i > 0; i--)
            {
                uint seen = Volatile.Read(ref *state);
                if (seen != StubLayout.StateReply)
                {
                    _spin = SpinBudget.Iterations;
                    _stubCpu = area.Field<ushort>(StubLayout.CallCpu);
                    return Checked(seen);
                }

                X86Base.Pause();
            }

            // Nothing came: a thread that computes is not worth a whole spin each time.
            _spin = System.Math.Max(_spin >> 1, ShortestSpin);
        }

        return Sleep(state);
    }

    /// <summary>The task is about to sleep: the stub thread need not spin for its reply.</summary>
    internal void TellSleep()
    {
        _toldSleep = true;
        Volatile.Write(ref area.Field<uint>(StubLayout.TaskSleeps), 1);
    }

    /// <summary>Ends the wait of a driver whose process has died; for any thread.</summary>
    internal void OnDeath()
    {
        _dead = true;
        area.PublishDeath();
    }

    /// <summary>Forgets where the stub thread ran: it is a new one.</summary>
    internal void ForgetCpu() => _stubCpu = uint.MaxValue;

    private uint Sleep(uint* state)
    {
        ref uint sleeps = ref area.Field<uint>(StubLayout.KernelSleeps);
        Interlocked.Exchange(ref sleeps, 1);
        uint seen;
        while ((seen = Volatile.Read(ref *state)) == StubLayout.StateReply && !_dead)
        {
            _ = HostFutex.Wait(state, StubLayout.StateReply);
            Interlocked.Exchange(ref sleeps, 1);
        }

        sleeps = 0;
        _stubCpu = area.Field<ushort>(StubLayout.CallCpu);
        area.Field<uint>(StubLayout.KernelCpu) = HostCall.CurrentCpu();
        return Checked(seen);
    }

    private uint Checked(uint seen) =>
        _dead || seen is not (StubLayout.StateEvent or StubLayout.StateFast) ? StubLayout.StateDead : seen;
}

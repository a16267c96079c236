// SPDX-License-Identifier: Apache-2.0
using System;
using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;
using System.Threading;
using Moat.Host;
using Moat.Host.Processes;
using Moat.Host.Shared;

namespace Moat.Platform;

/// <summary>
/// The kernel's side of the hand-off with one stub thread: reply, then wait for its next event.
/// </summary>
/// <remarks>
/// Belongs to the driving task thread, but for <see cref="OnDeath"/> and <see cref="TakeTurn"/>. Spinning for
/// the guest's next stop takes a turn (<see cref="SpinTurns"/>), is bounded, is left out while both sides
/// share a CPU, and shrinks for threads whose calls are far apart (platform.md, "Hand-off").
/// </remarks>
internal sealed unsafe class HandOff(ThreadArea area, SpinTurns turns) : IDisposable
{
    private const int ShortestSpin = 64;
    private const int DenseCalls = 4;
    private const int CrampedCalls = 4;
    private const int CallsAfterNone = 1_000;
    private volatile bool _dead;
    private int _spin = SpinBudget.Iterations;
    private int _stubSpin = SpinBudget.Iterations;
    private uint _stubCpu = uint.MaxValue;
    private bool _toldSleep;
    private bool _wokeStub;
    private bool _isActive;
    private bool _hasTurn;
    private long _turnSince;
    private int _denseCalls;
    private int _crampedCalls;
    private long _movedAt;
    private Parker? _parker;

    /// <summary>The next in the queue for turns; its lock guards it, and <see cref="IsQueued"/>.</summary>
    internal HandOff? Next { get; set; }

    /// <summary>True while it is in the queue for turns.</summary>
    internal bool IsQueued { get; set; }

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
            _wokeStub = area.PublishReply();
        }
    }

    /// <summary>
    /// Waits for the next event of a stub that is at work for the kernel. Returns <see
    /// cref="StubLayout.StateEvent"/>, <see cref="StubLayout.StateFast"/>; or <see
    /// cref="StubLayout.StateDead"/> when the process has ended or wrote what no stub writes.
    /// </summary>
    internal uint Wait() => TrySpin(SpinBudget.Iterations, out uint seen) ? Checked(seen) : Sleep();

    /// <summary>Waits for the next event of a stub that runs guest code; returns the same.</summary>
    internal uint WaitForGuest()
    {
        if (!_isActive)
        {
            _isActive = true;
            turns.Count(1);
        }

        if (_hasTurn || TakeFreeTurn())
        {
            PartFromStub();
            // A stub thread that had to be woken takes its time.
            int spin = turns.IsCrowded && !_wokeStub ? Math.Min(_spin, SpinBudget.Short) : _spin;
            if (TrySpin(spin, out uint seen))
            {
                _spin = SpinBudget.Iterations;
                if (turns.HasWaiters)
                {
                    EndTurnInTime();
                }

                return Checked(seen);
            }

            // Nothing came: a thread that computes is not worth a whole spin each time.
            _spin = Math.Max(_spin >> 1, ShortestSpin);
            GiveTurnBack();
        }

        uint state = Sleep();
        // A spin of the length that is allowed now would have met this call.
        if (area.Field<ulong>(StubLayout.CallGap)
            < (turns.IsCrowded ? SpinBudget.DenseGap : SpinBudget.LongestGap))
        {
            _spin = SpinBudget.Iterations;
        }

        if (!TakeFreeTurn() && AreCallsDense())
        {
            _parker ??= new Parker();
            bool came = turns.Wait(this, _parker);
            SetTurn(came);
            // Who has one is held up in a call: waiting again for each call would be dear.
            _denseCalls = came ? _denseCalls : -CallsAfterNone;
        }

        return state;
    }

    /// <summary>The task is about to sleep: the stub thread need not spin for its reply.</summary>
    internal void TellSleep()
    {
        _toldSleep = true;
        Volatile.Write(ref area.Field<uint>(StubLayout.TaskSleeps), 1);
        Leave();
    }

    /// <summary>The driver does something else for now: it needs no turn.</summary>
    internal void Leave()
    {
        GiveTurnBack();
        if (_isActive)
        {
            _isActive = false;
            turns.Count(-1);
        }
    }

    /// <summary>Ends the wait of a driver whose process has died; for any thread.</summary>
    internal void OnDeath()
    {
        _dead = true;
        area.PublishDeath();
    }

    /// <summary>For whoever gives a turn to the first in the queue.</summary>
    internal void TakeTurn() => _parker!.Unpark();

    /// <summary>Forgets where the stub thread ran: it is a new one.</summary>
    internal void ForgetCpu() => _stubCpu = uint.MaxValue;

    /// <inheritdoc/>
    public void Dispose()
    {
        Leave();
        _parker?.Dispose();
    }

    private bool TrySpin(int iterations, out uint seen)
    {
        uint* state = area.StateWord;
        seen = StubLayout.StateReply;
        if (_stubCpu == HostCall.CurrentCpu())
        {
            if (!_wokeStub)
            {
                return false;
            }

            // The scheduler will have put it on another if there is one.
            iterations = Math.Min(iterations, SpinBudget.Short);
        }

        for (int i = iterations; i > 0; i--)
        {
            seen = Volatile.Read(ref *state);
            if (seen != StubLayout.StateReply)
            {
                _stubCpu = area.Field<ushort>(StubLayout.CallCpu);
                return true;
            }

            X86Base.Pause();
        }

        return false;
    }

    private uint Sleep()
    {
        uint* state = area.StateWord;
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

    private bool TakeFreeTurn()
    {
        if (!turns.TryTake())
        {
            return false;
        }

        SetTurn(true);
        return true;
    }

    private void SetTurn(bool has)
    {
        _hasTurn = has;
        _turnSince = 0;
        int wanted = !has ? 1 : turns.IsCrowded ? SpinBudget.Short : SpinBudget.Iterations;
        if (_stubSpin != wanted)
        {
            _stubSpin = wanted;
            area.Field<int>(StubLayout.SpinCount) = wanted;
        }
    }

    private void GiveTurnBack()
    {
        if (_hasTurn)
        {
            SetTurn(false);
            turns.Release();
        }
    }

    // Both on one CPU, where nobody can spin: with a turn they are to have two. Not often, since moving costs
    // some ten microseconds; from there the scheduler decides.
    private void PartFromStub()
    {
        if (_stubCpu != HostCall.CurrentCpu())
        {
            return;
        }

        _crampedCalls = area.Field<ulong>(StubLayout.CallGap) < SpinBudget.DenseGap ? _crampedCalls + 1 : 0;
        if (_crampedCalls >= CrampedCalls)
        {
            _crampedCalls = 0;
            long now = Stopwatch.GetTimestamp();
            if (SpinTurns.IsOver(_movedAt, now))
            {
                _movedAt = now;
                HostThread.LeaveCpu(_stubCpu);
            }
        }
    }

    // Time is counted only while others wait.
    private void EndTurnInTime()
    {
        if (_turnSince == 0)
        {
            _turnSince = Stopwatch.GetTimestamp();
        }
        else if (SpinTurns.IsOver(_turnSince, Stopwatch.GetTimestamp()))
        {
            GiveTurnBack();
        }
    }

    // What the stub says it ran between its last two calls, its sleep and ours left out.
    private bool AreCallsDense()
    {
        _denseCalls = area.Field<ulong>(StubLayout.CallGap) < SpinBudget.DenseGap
            ? _denseCalls + 1
            : Math.Min(_denseCalls, 0);
        return _denseCalls > DenseCalls;
    }

    private uint Checked(uint seen) =>
        _dead || seen is not (StubLayout.StateEvent or StubLayout.StateFast) ? StubLayout.StateDead : seen;
}

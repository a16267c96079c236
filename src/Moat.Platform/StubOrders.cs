// SPDX-License-Identifier: Apache-2.0
using System;
using System.Runtime.CompilerServices;
using Moat.Abi;
using Moat.Base;
using Moat.Host.Seccomp;
using Moat.Memory;

namespace Moat.Platform;

/// <summary>The order list of one stub thread: as it stands in its area, and as the supervisor checks it.
/// </summary>
/// <remarks>Locks: the approvals by <c>_lock</c>; the list in the area belongs to the driving
/// thread.</remarks>
internal sealed class StubOrders(ThreadArea area, MemoryCalls profile)
{
    private readonly RankedLock _lock = new(LockRank.StubOrders);
    private readonly ApprovedCall[] _approved = new ApprovedCall[StubLayout.MaxOrders];
    private int _approvedCount;
    private int _approvedNext;

    /// <summary>Writes orders into the area and approves each once, exactly so.</summary>
    internal void Give(ReadOnlySpan<MemoryOrder> orders)
    {
        using (_lock.Enter())
        {
            _approvedNext = 0;
            _approvedCount = 0;
            for (int i = 0; i < orders.Length; i++)
            {
                Write(i, orders[i]);
                if (NeedsApproval(orders[i]))
                {
                    _approved[_approvedCount++] = new ApprovedCall(orders[i]);
                }
            }
        }
    }

    /// <summary>
    /// Writes an order that needs no approval, beside a reply that resumes; the guest may do the same itself.
    /// </summary>
    internal void GiveFree(int index, in MemoryOrder order) => Write(index, order);

    /// <summary>The list is done with: what was not called for is approved no longer.</summary>
    internal void Withdraw()
    {
        using (_lock.Enter())
        {
            _approvedCount = 0;
        }
    }

    /// <summary>
    /// For the supervisor: lets a call through if it is the next one ordered. Under the lock, so that the
    /// descriptor lives until it is installed: <see cref="Withdraw"/> waits.
    /// </summary>
    internal bool TryAnswer(int listener, in SeccompNotification call)
    {
        using (_lock.Enter())
        {
            if (_approvedNext >= _approvedCount || !_approved[_approvedNext].Matches(call))
            {
                return false;
            }

            SupervisorAnswer.Allow(listener, call, _approved[_approvedNext++].Order.HostFd);
            return true;
        }
    }

    /// <summary>The last call's value, or the error of the first that failed.</summary>
    internal Result<ulong> Results(ReadOnlySpan<MemoryOrder> orders)
    {
        ulong last = 0;
        for (int i = 0; i < orders.Length; i++)
        {
            ulong raw = area.Field<ulong>(
                StubLayout.Orders + (i * StubLayout.OrderSize) + StubLayout.OrderResult);
            if (orders[i].Number == SyscallNumber.close)
            {
                continue;
            }

            var result = new SysResult((long)raw);
            if (result.IsError)
            {
                return result.Error;
            }

            last = raw;
        }

        return last;
    }

    private bool NeedsApproval(in MemoryOrder order) => order.Number != SyscallNumber.close
        && (profile == MemoryCalls.Strict || !DirectCalls.Includes(order));

    private void Write(int index, in MemoryOrder order)
    {
        ref ulong at = ref area.Field<ulong>(StubLayout.Orders + (index * StubLayout.OrderSize));
        at = (ulong)order.Number;
        Unsafe.Add(ref at, 1) = order.Arg0;
        Unsafe.Add(ref at, 2) = order.Arg1;
        Unsafe.Add(ref at, 3) = order.Arg2;
        Unsafe.Add(ref at, 4) = order.Arg3;
        Unsafe.Add(ref at, 5) = order.Arg4;
        Unsafe.Add(ref at, 6) = order.Arg5;
        Unsafe.Add(ref at, 7) = 0;
    }
}

// SPDX-License-Identifier: Apache-2.0
using Moat.Abi;
using Moat.Abi.Rings;
using Moat.Kernel.Tasks;

namespace Moat.Syscalls.Rings;

/// <summary>Takes entries from a submission ring and makes chains of requests of them.</summary>
internal static class RingSubmission
{
    private const RingEntryFlags Links = RingEntryFlags.Link | RingEntryFlags.HardLink;
    private const RingEntryFlags Known = (RingEntryFlags)0x7f;

    /// <summary>io_uring_enter(2): submits up to so many entries, and says how many it took.</summary>
    internal static uint Submit(Task task, RingFile ring, uint count)
    {
        uint done = 0;
        bool goesOn = true;
        while (done < count && goesOn && (done == 0 || !task.IsInterrupted))
        {
            RingRequest? chain;
            uint taken;
            using (ring.SubmissionLock.Enter())
            {
                chain = TakeChain(task, ring, count - done, out taken, out bool isBad);
                ring.PublishHead();
                goesOn = taken > 0 && (!isBad || ring.SubmitsAll);
            }

            done += taken;
            if (chain is not null)
            {
                RingEngine.Start(chain, task);
            }
        }

        return done;
    }

    private static RingRequest? TakeChain(
        Task task, RingFile ring, uint most, out uint taken, out bool isBad)
    {
        RingRequest? first = null;
        RingRequest? last = null;
        taken = 0;
        isBad = false;
        Task actor = ring.ActorFor(task);
        while (taken < most && ring.Submitted() > 0)
        {
            if (!ring.TryTake(out SubmissionEntry entry))
            {
                isBad = true;
                break;
            }

            var request = new RingRequest(ring, actor, entry) { Refused = Check(entry) };
            if (!ring.Requests.TryAdd(request))
            {
                // More than anybody needs at a time: said by its completion, since the entry is taken.
                ring.Post(actor, new CompletionEntry(entry.UserData, -(int)Errno.EAGAIN, 0));
                taken++;
                isBad = true;
                break;
            }

            taken++;
            isBad |= request.Refused != Errno.Success;
            if (last is not null && entry.Operation == RingOperation.LinkTimeout && last.Limit is null)
            {
                last.Limit = request;
                request.Limited = last;
            }
            else
            {
                if (last is not null)
                {
                    last.Next = request;
                }

                first ??= request;
                last = request;
            }

            if ((entry.Flags & Links) == 0 || (isBad && !ring.SubmitsAll))
            {
                break;
            }
        }

        if (isBad && first is not null)
        {
            RefuseAll(first);
        }

        return first;
    }

    private static Errno Check(in SubmissionEntry entry)
    {
        bool selects = (entry.Flags & RingEntryFlags.SelectBuffer) != 0;
        bool maySelect = entry.Operation is RingOperation.Read or RingOperation.ReadVectors
            or RingOperation.Receive or RingOperation.ReceiveMessage;
        return (entry.Flags & ~Known) != 0 || entry.Operation > RingOperation.Socket
            || entry.Personality != 0 ? Errno.EINVAL
            : selects && !maySelect ? Errno.EOPNOTSUPP : Errno.Success;
    }

    // One bad entry ends its whole chain before it begins.
    private static void RefuseAll(RingRequest first)
    {
        for (RingRequest? at = first; at is not null; at = at.Next)
        {
            if (at.Refused == Errno.Success)
            {
                at.Refused = Errno.ECANCELED;
            }
        }
    }
}

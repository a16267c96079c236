// SPDX-License-Identifier: Apache-2.0
using System.Threading;
using Moat.Abi;
using Moat.Abi.Events;

namespace Moat.Vfs.Notify;

/// <summary>
/// May somebody open, execute or read this: asked of one group after the other, pre-content classes first,
/// until one denies it (fanotify(7), permission events).
/// </summary>
/// <remarks>
/// Who asks holds no lock, since a group may never answer. Locks: that of the group which is asked decides
/// between an answer and giving up; the rest belongs to who asks.
/// </remarks>
public sealed class FanotifyInquiry
{
    private const int Unanswered = -1;
    private const int Weight = 4;

    private readonly Location _place;
    private readonly FanotifyMask _mask;
    private readonly FanotifyFile[] _groups;
    private int _next;
    private FanotifyFile? _asked;
    private FanotifyEvent? _event;
    private int _answer = Unanswered;
    private Errno? _outcome;
    private bool _isCounted;

    private FanotifyInquiry(Caller asker, Location place, FanotifyMask mask, FanotifyFile[] groups)
    {
        Asker = asker;
        _place = place;
        _mask = mask;
        _groups = groups;
    }

    /// <summary>Woken when a group has answered.</summary>
    public WaitQueue WaitQueue { get; } = new();

    /// <summary>Who asks.</summary>
    internal Caller Asker { get; }

    private NotifyLimits Limits => _place.Dentry.FileSystem.Vfs.NotifyLimits;

    /// <summary>A question; null when no group wants to be asked.</summary>
    internal static FanotifyInquiry? Begin(Caller asker, Location place, FanotifyMask mask)
    {
        FanotifyFile[] groups = place.Dentry.FileSystem.Vfs.NotifyLimits.Askers;
        FanotifySource source = FanotifyDispatch.SourceOf(place, mask);
        foreach (FanotifyFile group in groups)
        {
            if (group.Wants(source))
            {
                return new FanotifyInquiry(asker, place, mask, groups);
            }
        }

        return null;
    }

    /// <summary>
    /// Counts it, until it is given up: no task waits for it, so that there may be very many. False when
    /// there is no room.
    /// </summary>
    internal bool TryCount() => _isCounted = Limits.TryAddEvent(Weight);

    /// <summary>True when this is what it asks.</summary>
    internal bool IsAbout(Location place, FanotifyMask mask) => _place == place && _mask == mask;

    /// <summary>
    /// Asks the next group when the last has allowed it: the error of who denied it, EAGAIN (see
    /// <see cref="IsAsking"/>) while a group has not answered.
    /// </summary>
    public Errno Advance()
    {
        if (_outcome is { } known)
        {
            return known;
        }

        while (true)
        {
            Errno error = Errno.Success;
            if (_asked is not null)
            {
                int answer = Volatile.Read(ref _answer);
                if (answer == Unanswered)
                {
                    return Errno.EAGAIN;
                }

                error = (Errno)answer;
                _asked = null;
                _event = null;
            }

            if (error != Errno.Success || _next == _groups.Length)
            {
                _outcome = error;
                return error;
            }

            FanotifyFile group = _groups[_next++];
            Volatile.Write(ref _answer, Unanswered);
            _event = group.Ask(this, FanotifyDispatch.SourceOf(_place, _mask));
            _asked = _event is null ? null : group;
        }
    }

    /// <summary>True while a group has not answered.</summary>
    public bool IsAsking => _outcome is null;

    /// <summary>Nobody wants to know any more.</summary>
    public void GiveUp()
    {
        if (_asked is { } group && _event is { } waiting)
        {
            group.Withdraw(waiting);
        }

        _asked = null;
        _event = null;
        _outcome ??= Errno.EINTR;
        if (_isCounted)
        {
            _isCounted = false;
            Limits.RemoveEvents(Weight);
        }
    }

    /// <summary>A group answers; it does so once.</summary>
    internal void Answer(Errno answer)
    {
        Volatile.Write(ref _answer, (int)answer);
        WaitQueue.Wake(PollEvents.All);
    }
}

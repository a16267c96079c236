// SPDX-License-Identifier: Apache-2.0
using System.Collections.Generic;
using System.Diagnostics.CodeAnalysis;
using Moat.Abi;
using Moat.Abi.Seccomp;
using Moat.Base;
using Moat.Kernel.Tasks;
using Moat.Vfs;

namespace Moat.Kernel.Seccomp;

/// <summary>
/// The supervisor's end of a filter (SECCOMP_FILTER_FLAG_NEW_LISTENER): requests wait here for answers.
/// </summary>
/// <remarks>Locks: one of rank Object guards the requests.</remarks>
public sealed class SeccompListener : OpenFile
{
    private readonly RankedLock _lock = new(LockRank.Object);
    private readonly List<SeccompRequest> _requests = [];
    private readonly InodeAttributes _attributes;
    private ulong _lastId;
    private bool _isClosed;
    private bool _isUnused;

    internal SeccompListener(Task task)
        : base(OpenFlags.ReadWrite)
    {
        _attributes = AnonymousInodes.Describe(
            AnonymousInodes.AnonymousDevice, AnonymousInodes.Next(), 0x180, task.Credentials);
    }

    /// <inheritdoc/>
    public override string AnonymousName => "anon_inode:seccomp notify";

    /// <inheritdoc/>
    public override WaitQueue WaitQueue { get; } = new();

    /// <inheritdoc/>
    public override Result<InodeAttributes> GetAttributes() => _attributes;

    /// <summary>Readable with requests to receive, writable with some to answer, hung up without tasks.
    /// </summary>
    public override PollEvents Poll(Caller caller)
    {
        PollEvents events = PollEvents.None;
        using (_lock.Enter())
        {
            events |= _isUnused ? PollEvents.HangUp : PollEvents.None;
            foreach (SeccompRequest request in _requests)
            {
                events |= request.IsSent
                    ? PollEvents.Out | PollEvents.WriteNormal : PollEvents.In | PollEvents.ReadNormal;
            }
        }

        return events;
    }

    /// <summary>The ioctls of seccomp_unotify(2). SECCOMP_IOCTL_NOTIF_RECV waits, as on Linux.</summary>
    public override Result<long> Ioctl(Caller caller, uint command, ulong argument) =>
        SeccompSupervision.Ioctl((Task)caller, this, command, argument);

    /// <summary>Asks the supervisor; ENOSYS when there is none any more.</summary>
    internal Result<SeccompRequest> Ask(Task task, in SeccompData data)
    {
        SeccompRequest request;
        using (_lock.Enter())
        {
            if (_isClosed)
            {
                return Errno.ENOSYS;
            }

            request = new SeccompRequest(task, ++_lastId, in data);
            _requests.Add(request);
        }

        WaitQueue.Wake(PollEvents.In | PollEvents.ReadNormal);
        return request;
    }

    /// <summary>The asking task goes on without waiting further.</summary>
    internal void Withdraw(SeccompRequest request)
    {
        using (_lock.Enter())
        {
            _requests.Remove(request);
        }
    }

    /// <summary>The next request that nobody has received, oldest first; EAGAIN when there is none, ENOENT
    /// when there will be none.</summary>
    internal Result<SeccompRequest> Receive()
    {
        SeccompRequest? found;
        using (_lock.Enter())
        {
            found = _requests.Find(static request => !request.IsSent);
            if (found is null)
            {
                return _isUnused ? Errno.ENOENT : Errno.EAGAIN;
            }

            found.IsSent = true;
        }

        WaitQueue.Wake(PollEvents.Out | PollEvents.WriteNormal);
        return found;
    }

    /// <summary>It could not be delivered: somebody else may receive it.</summary>
    internal void TakeBack(SeccompRequest request)
    {
        using (_lock.Enter())
        {
            request.IsSent = false;
        }

        WaitQueue.Wake(PollEvents.In | PollEvents.ReadNormal);
    }

    /// <summary>The received request of an id: ENOENT; EINPROGRESS before it is received.</summary>
    internal Errno Find(ulong id, out SeccompRequest? request)
    {
        using (_lock.Enter())
        {
            request = _requests.Find(one => one.Id == id);
            return request is null ? Errno.ENOENT : request.IsSent ? Errno.Success : Errno.EINPROGRESS;
        }
    }

    /// <summary>Answers a request: ENOENT, EINPROGRESS.</summary>
    internal Errno Answer(in SeccompAnswer answer)
    {
        SeccompRequest? request;
        using (_lock.Enter())
        {
            ulong id = answer.Id;
            request = _requests.Find(one => one.Id == id);
            if (request is null || !request.IsSent)
            {
                return request is null ? Errno.ENOENT : Errno.EINPROGRESS;
            }

            request.Answer = answer;
            request.IsDone = true;
            _requests.Remove(request);
        }

        request.Task.WakeUp();
        return Errno.Success;
    }

    internal void OnFilterUnused()
    {
        using (_lock.Enter())
        {
            _isUnused = true;
        }

        WaitQueue.Wake(PollEvents.HangUp | PollEvents.In);
    }

    /// <inheritdoc/>
    protected override void Destroy()
    {
        SeccompRequest[] left;
        using (_lock.Enter())
        {
            _isClosed = true;
            left = [.. _requests];
            _requests.Clear();
            foreach (SeccompRequest request in left)
            {
                request.Answer = new SeccompAnswer { Error = -(int)Errno.ENOSYS };
                request.IsDone = true;
            }
        }

        foreach (SeccompRequest request in left)
        {
            request.Task.WakeUp();
        }
    }
}

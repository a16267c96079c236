// SPDX-License-Identifier: Apache-2.0
using Moat.Abi;
using Moat.Memory;
using Moat.Vfs.Locks;
using Moat.Vfs.Namespaces;
using Moat.Vfs.Notify;

namespace Moat.Vfs;

/// <summary>
/// What file systems may know of the task that calls them. The kernel's Task is the only subclass.
/// </summary>
public abstract class Caller
{
    /// <summary>The caller's present credentials.</summary>
    public Credentials Credentials { get; set; } = new();

    /// <summary>A user id as the caller sees it.</summary>
    public uint ShowUid(uint uid) => Credentials.Space.IsInitial ? uid : Credentials.Space.Uids.Show(uid);

    /// <summary>A group id as the caller sees it.</summary>
    public uint ShowGid(uint gid) => Credentials.Space.IsInitial ? gid : Credentials.Space.Gids.Show(gid);

    /// <summary>A user id that the caller names; -1 stays, false for one that is not mapped.</summary>
    public bool TryReadUid(ref uint uid) => TryRead(Credentials.Space.Uids, ref uid);

    /// <summary>A group id that the caller names; -1 stays, false for one that is not mapped.</summary>
    public bool TryReadGid(ref uint gid) => TryRead(Credentials.Space.Gids, ref gid);

    /// <summary>The caller's memory: copy in and out.</summary>
    public abstract UserMemory Memory { get; }

    /// <summary>Root directory, working directory and umask, shared by CLONE_FS.</summary>
    public FsContext FileSystem { get; set; } = null!;

    /// <summary>
    /// The deferred call that is being made for it; null for what may wait, or cannot at all.
    /// </summary>
    public virtual IDeferredCall? Deferred => null;

    /// <summary>True for who may wait for other processes.</summary>
    public virtual bool MayWait => false;

    /// <summary>Its process, for a <see cref="ProcessOpener"/>; null for who is none.</summary>
    public virtual object? Process => null;

    /// <summary>
    /// Waits, holding no lock, until a question is answered; EINTR for who is to end.
    /// </summary>
    public virtual Errno AwaitAnswer(FanotifyInquiry inquiry) => Errno.EAGAIN;

    /// <summary>
    /// Waits, holding no lock, until the leases in the way of an open are given up; EAGAIN for who cannot,
    /// ERESTARTSYS for a signal.
    /// </summary>
    /// <param name="inode">What is opened.</param>
    /// <param name="leases">Its leases.</param>
    /// <param name="write">It is opened for writing, or truncated.</param>
    /// <param name="untilNs">When the next lease ends by force.</param>
    public virtual Errno AwaitLeases(Inode inode, FileLeases leases, bool write, long untilNs) =>
        Errno.EAGAIN;

    /// <summary>The kernel's number of its process; 0 for who is none.</summary>
    public virtual int ProcessNumber => 0;

    /// <summary>The kernel's number of its thread.</summary>
    public virtual int ThreadNumber => 0;

    /// <summary>A process or thread as the caller numbers it; 0 when it cannot see it.</summary>
    public virtual int ShowNumber(int number) => number;

    /// <summary>The mount namespace it lives in, wherever its root is.</summary>
    public virtual MountNamespace? MountSpace => FileSystem.Namespace;

    /// <summary>RLIMIT_FSIZE: the size beyond which this caller cannot make a file grow.</summary>
    public virtual long FileSizeLimit => long.MaxValue;

    /// <summary>A write or truncate was refused because of <see cref="FileSizeLimit"/> (SIGXFSZ).</summary>
    public virtual void OnFileSizeExceeded()
    {
    }

    /// <summary>The caller's descriptor table, shared by CLONE_FILES.</summary>
    public FdTable Files { get; set; } = null!;

    private static bool TryRead(IdMap map, ref uint id)
    {
        if (id == IdMap.Invalid)
        {
            return true;
        }

        id = map.ToKernel(id);
        return id != IdMap.Invalid;
    }
}

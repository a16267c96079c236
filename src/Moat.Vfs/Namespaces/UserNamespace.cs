// SPDX-License-Identifier: Apache-2.0
using System;
using System.Threading;

namespace Moat.Vfs.Namespaces;

/// <summary>
/// User and group ids of their own, and capabilities over what it owns (user_namespaces(7)).
/// </summary>
/// <remarks>
/// Ids in credentials and inodes are those of the initial namespace; maps translate where a guest sees them.
/// Locks: none; each map is replaced as a whole.
/// </remarks>
public sealed class UserNamespace : GuestNamespace
{
    /// <summary>How deep they nest.</summary>
    public const int MaximumLevel = 32;

    /// <summary>The one that every sandbox starts with; nothing in it ever changes.</summary>
    public static readonly UserNamespace Initial = new();

    /// <summary>How many there may be at a time (user.max_user_namespaces).</summary>
    public const int MaximumCount = 16384;

    private const long CollectionPeriodMs = 1000;

    private static int s_count;
    private static long s_lastCollection;

    private IdMap _uids = IdMap.Empty;
    private IdMap _gids = IdMap.Empty;
    private IdMap _projects = IdMap.Empty;
    private bool _deniesSetgroups;
    private int _below;
    private int _limit = MaximumCount;

    /// <summary>A child of a namespace, made by whoever has the given credentials.</summary>
    public UserNamespace(Credentials creator)
        : base(NamespaceKind.User, creator.Space, 0)
    {
        Interlocked.Increment(ref s_count);
        for (UserNamespace? at = creator.Space; at is not null; at = at.Owner)
        {
            Interlocked.Increment(ref at._below);
        }

        Level = creator.Space.Level + 1;
        OwnerUid = creator.EffectiveUid;
        OwnerGid = creator.EffectiveGid;
        ParentCouldSetfcap = creator.HasOwn(Abi.Capability.Setfcap);
        _deniesSetgroups = creator.Space.DeniesSetgroups;
    }

    private UserNamespace()
        : base(NamespaceKind.User, null, 4026531837)
    {
        _uids = _gids = _projects = IdMap.Identity;
        ParentCouldSetfcap = true;
    }

    /// <summary>Counts it out: tasks, files and mounts keep it alive, nobody else knows of its end.</summary>
    ~UserNamespace()
    {
        Interlocked.Decrement(ref s_count);
        for (UserNamespace? at = Owner; at is not null; at = at.Owner)
        {
            Interlocked.Decrement(ref at._below);
        }
    }

    /// <summary>How many there may be below it: user.max_user_namespaces, as its processes see it.</summary>
    public int Limit
    {
        get => Volatile.Read(ref _limit);
        set => Volatile.Write(ref _limit, value);
    }

    /// <summary>How many are above it.</summary>
    public int Level { get; }

    /// <summary>Who made it, as an id of the initial namespace.</summary>
    public uint OwnerUid { get; }

    public uint OwnerGid { get; }

    /// <summary>Whether its maker had CAP_SETFCAP: needed to map the parent's user 0.</summary>
    public bool ParentCouldSetfcap { get; }

    public bool IsInitial => Level == 0;

    /// <summary>What user 0 of it is in the initial one; no id at all when it is not mapped.</summary>
    public uint RootUid => IsInitial ? 0 : Uids.ToKernel(0);

    /// <summary>What group 0 of it is in the initial one.</summary>
    public uint RootGid => IsInitial ? 0 : Gids.ToKernel(0);

    public IdMap Uids
    {
        get => Volatile.Read(ref _uids);
        set => Volatile.Write(ref _uids, value);
    }

    public IdMap Gids
    {
        get => Volatile.Read(ref _gids);
        set => Volatile.Write(ref _gids, value);
    }

    public IdMap Projects
    {
        get => Volatile.Read(ref _projects);
        set => Volatile.Write(ref _projects, value);
    }

    /// <summary>True when /proc/PID/setgroups says "deny"; children inherit it.</summary>
    public bool DeniesSetgroups
    {
        get => Volatile.Read(ref _deniesSetgroups);
        set => Volatile.Write(ref _deniesSetgroups, value);
    }

    /// <summary>setgroups(2) works: gids are mapped, and nobody has denied it.</summary>
    public bool AllowsSetgroups => !DeniesSetgroups && Gids.Extents.Length > 0;

    /// <summary>True when there may be one more; looks for unused ones now and then when not.</summary>
    public bool HasRoom()
    {
        if (HasRoomNow())
        {
            return true;
        }

        long last = Volatile.Read(ref s_lastCollection);
        long now = Environment.TickCount64;
        if (now - last >= CollectionPeriodMs
            && Interlocked.CompareExchange(ref s_lastCollection, now, last) == last)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        return HasRoomNow();
    }

    private bool HasRoomNow()
    {
        for (UserNamespace? at = this; at is not null; at = at.Owner)
        {
            if (Volatile.Read(ref at._below) >= at.Limit)
            {
                return false;
            }
        }

        return Volatile.Read(ref s_count) < MaximumCount;
    }

    /// <summary>True when this one is the other one or below it.</summary>
    public bool IsWithin(UserNamespace other) => other.IsAbove(this);

    /// <summary>True when the other one is this one or below it.</summary>
    public bool IsAbove(UserNamespace other)
    {
        UserNamespace? at = other;
        while (at is not null && at != this)
        {
            at = at.Owner;
        }

        return at is not null;
    }
}

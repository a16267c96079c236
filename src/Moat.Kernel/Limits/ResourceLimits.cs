// SPDX-License-Identifier: Apache-2.0
using Moat.Abi;
using Moat.Abi.Resources;
using Moat.Base;

namespace Moat.Kernel.Limits;

/// <summary>A process's resource limits (getrlimit(2)), shared by its threads, copied by fork.</summary>
/// <remarks>Locks: a leaf lock, so that soft and hard are seen together.</remarks>
public sealed class ResourceLimits
{
    /// <summary>RLIM_NLIMITS.</summary>
    public const int Count = 16;

    /// <summary>sysctl fs.nr_open: RLIMIT_NOFILE may not exceed it.</summary>
    public const ulong MaximumOpenFiles = 1 << 20;

    private readonly RankedLock _lock = new(LockRank.Leaf);
    private readonly ResourceLimit[] _limits = new ResourceLimit[Count];

    /// <summary>Linux's defaults for the first process (include/asm-generic/resource.h).</summary>
    public ResourceLimits()
    {
        System.Array.Fill(_limits, ResourceLimit.Unlimited);
        _limits[(int)Resource.Stack] = new(8 << 20, ResourceLimit.Infinity);
        _limits[(int)Resource.Core] = new(0, ResourceLimit.Infinity);
        _limits[(int)Resource.OpenFiles] = new(1024, MaximumOpenFiles);
        _limits[(int)Resource.LockedMemory] = new(8 << 20, 8 << 20);
        _limits[(int)Resource.PendingSignals] = new(4096, 4096);
        _limits[(int)Resource.MessageQueues] = new(819200, 819200);
        _limits[(int)Resource.Nice] = new(0, 0);
        _limits[(int)Resource.RealtimePriority] = new(0, 0);
    }

    private ResourceLimits(ResourceLimit[] limits) => _limits = limits;

    /// <summary>Both values of a limit.</summary>
    public ResourceLimit Get(Resource resource)
    {
        using (_lock.Enter())
        {
            return _limits[(int)resource];
        }
    }

    /// <summary>The value that is enforced.</summary>
    public ulong Soft(Resource resource) => Get(resource).Soft;

    /// <summary>Sets a limit without asking who does it: for the sandbox's configuration.</summary>
    public void Set(Resource resource, ResourceLimit limit)
    {
        using (_lock.Enter())
        {
            _limits[(int)resource] = limit;
        }
    }

    /// <summary>setrlimit(2): returns the values before.</summary>
    /// <param name="resource">Which.</param>
    /// <param name="limit">The new values: EINVAL when soft exceeds hard.</param>
    /// <param name="mayRaise">The caller has CAP_SYS_RESOURCE; EPERM to raise the hard value without
    /// it.</param>
    public Result<ResourceLimit> Replace(Resource resource, ResourceLimit limit, bool mayRaise)
    {
        if (limit.Soft > limit.Hard)
        {
            return Errno.EINVAL;
        }

        if (resource == Resource.OpenFiles && limit.Hard > MaximumOpenFiles)
        {
            return Errno.EPERM;
        }

        using (_lock.Enter())
        {
            ResourceLimit old = _limits[(int)resource];
            if (limit.Hard > old.Hard && !mayRaise)
            {
                return Errno.EPERM;
            }

            _limits[(int)resource] = limit;
            return old;
        }
    }

    /// <summary>A copy, for fork.</summary>
    public ResourceLimits Clone()
    {
        using (_lock.Enter())
        {
            return new((ResourceLimit[])_limits.Clone());
        }
    }
}

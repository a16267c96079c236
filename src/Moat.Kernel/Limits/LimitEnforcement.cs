// SPDX-License-Identifier: Apache-2.0
using Moat.Abi.Resources;
using Moat.Kernel.Tasks;
using Moat.Memory;

namespace Moat.Kernel.Limits;

/// <summary>
/// Hands limits to the objects that enforce them: the descriptor table and the address space.
/// </summary>
public static class LimitEnforcement
{
    /// <summary>Hands all of them over: for a new process or program.</summary>
    public static void ApplyAll(Task task)
    {
        Apply(task, Resource.OpenFiles);
        Apply(task, Resource.AddressSpace);
        Apply(task, Resource.Data);
        Apply(task, Resource.Stack);
        Apply(task, Resource.LockedMemory);
        if (task.Group.Limits.Soft(Resource.Cpu) != ResourceLimit.Infinity)
        {
            Apply(task, Resource.Cpu);
        }
    }

    /// <summary>Hands one over after it has changed.</summary>
    public static void Apply(Task task, Resource resource)
    {
        ulong soft = task.Group.Limits.Soft(resource);
        AddressSpace space = task.AddressSpace;
        switch (resource)
        {
            case Resource.OpenFiles:
                task.Files.Limit = (int)System.Math.Min(soft, ResourceLimits.MaximumOpenFiles);
                break;
            case Resource.Cpu:
                task.Group.Timers.CpuLimit.Update();
                break;
            case Resource.AddressSpace:
                space.SizeLimit = soft;
                break;
            case Resource.Data:
                space.DataLimit = soft;
                break;
            case Resource.Stack:
                space.StackLimit = soft;
                break;
            case Resource.LockedMemory:
                space.LockLimit = soft;
                break;
        }
    }
}

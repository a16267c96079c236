// SPDX-License-Identifier: Apache-2.0
using Moat.Abi;
using Moat.Abi.Signals;
using Moat.Kernel.Tasks;

namespace Moat.Kernel.Signals;

/// <summary>sigaltstack(2) below the copying.</summary>
public static class AlternateStackRules
{
    /// <summary>The present alternate stack as sigaltstack reports it.</summary>
    public static SignalStack Describe(Task task)
    {
        SignalStack stack = task.AlternateStack;
        if (stack.Size == 0)
        {
            return new SignalStack { Flags = SignalStack.SS_DISABLE };
        }

        stack.Flags &= SignalStack.SS_AUTODISARM;
        stack.Flags |= SignalFrame.IsOn(stack, task.Registers.Rsp) ? SignalStack.SS_ONSTACK : 0;
        return stack;
    }

    /// <summary>Sets it: EPERM while in use, EINVAL for bad flags, ENOMEM when too small.</summary>
    public static Errno Set(Task task, in SignalStack wanted)
    {
        if (SignalFrame.IsOn(task.AlternateStack, task.Registers.Rsp))
        {
            return Errno.EPERM;
        }

        uint mode = wanted.Flags & ~SignalStack.SS_AUTODISARM;
        if (mode is not (0 or SignalStack.SS_ONSTACK or SignalStack.SS_DISABLE))
        {
            return Errno.EINVAL;
        }

        if (mode == SignalStack.SS_DISABLE)
        {
            task.AlternateStack = new SignalStack { Flags = SignalStack.SS_DISABLE };
            return Errno.Success;
        }

        if (wanted.Size < SignalStack.MINSIGSTKSZ)
        {
            return Errno.ENOMEM;
        }

        task.AlternateStack = new SignalStack
        {
            Address = wanted.Address, Size = wanted.Size, Flags = wanted.Flags & SignalStack.SS_AUTODISARM,
        };
        return Errno.Success;
    }

    /// <summary>What rt_sigreturn does with uc_stack: errors are not reported.</summary>
    internal static void Restore(Task task, in SignalStack saved) => _ = Set(task, saved);
}

// SPDX-License-Identifier: Apache-2.0
namespace Moat.Abi.Signals;

/// <summary>struct kernel_sigaction of rt_sigaction(2): 32 bytes.</summary>
public struct SignalAction
{
    /// <summary>sa_handler or sa_sigaction; 0 is SIG_DFL, 1 is SIG_IGN.</summary>
    public ulong Handler;

    /// <summary>sa_flags.</summary>
    public ulong Flags;

    /// <summary>sa_restorer.</summary>
    public ulong Restorer;

    /// <summary>sa_mask.</summary>
    public ulong Mask;

    public const ulong SIG_DFL = 0;
    public const ulong SIG_IGN = 1;
    public const ulong SA_NOCLDSTOP = 1;
    public const ulong SA_NOCLDWAIT = 2;
    public const ulong SA_SIGINFO = 4;
    public const ulong SA_UNSUPPORTED = 0x400;
    public const ulong SA_EXPOSE_TAGBITS = 0x800;
    public const ulong SA_RESTORER = 0x04000000;
    public const ulong SA_ONSTACK = 0x08000000;
    public const ulong SA_RESTART = 0x10000000;
    public const ulong SA_NODEFER = 0x40000000;
    public const ulong SA_RESETHAND = 0x80000000;
}

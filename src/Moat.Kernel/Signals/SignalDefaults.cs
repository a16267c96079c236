// SPDX-License-Identifier: Apache-2.0
using Moat.Abi.Signals;

namespace Moat.Kernel.Signals;

/// <summary>What signals do without a handler (signal(7), "Standard signals").</summary>
public static class SignalDefaults
{
    private const ulong Stops = (1UL << 18) | (1UL << 19) | (1UL << 20) | (1UL << 21);
    private const ulong Ignored = (1UL << 16) | (1UL << 17) | (1UL << 22) | (1UL << 27);
    private const ulong Dumps = (1UL << 2) | (1UL << 3) | (1UL << 4) | (1UL << 5) | (1UL << 6) | (1UL << 7)
        | (1UL << 10) | (1UL << 23) | (1UL << 24) | (1UL << 30);

    /// <summary>SIGKILL and SIGSTOP: never blocked, caught or ignored.</summary>
    public const ulong Unblockable = (1UL << 8) | (1UL << 18);

    /// <summary>SIGSTOP, SIGTSTP, SIGTTIN, SIGTTOU.</summary>
    public const ulong StopSet = Stops;

    /// <summary>SIGCONT.</summary>
    public const ulong ContinueSet = 1UL << 17;

    /// <summary>The bit of a signal in a mask.</summary>
    public static ulong Bit(int signal) => 1UL << (signal - 1);

    public static bool IsStop(int signal) => (Stops & Bit(signal)) != 0;

    /// <summary>True for SIGCHLD, SIGURG, SIGWINCH and SIGCONT.</summary>
    public static bool IsIgnored(int signal) => (Ignored & Bit(signal)) != 0;

    /// <summary>True when the default action dumps core: 0x80 in the wait status.</summary>
    public static bool DumpsCore(int signal) => (Dumps & Bit(signal)) != 0;
}

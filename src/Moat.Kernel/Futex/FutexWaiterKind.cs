// SPDX-License-Identifier: Apache-2.0
namespace Moat.Kernel.Futex;

/// <summary>What a futex waiter waits for: Linux refuses commands that do not fit it.</summary>
public enum FutexWaiterKind
{
    /// <summary>A wake.</summary>
    Plain,

    /// <summary>FUTEX_WAIT_REQUEUE_PI before the requeue: a move to a PI futex.</summary>
    RequeuePi,

    /// <summary>Ownership of a PI futex.</summary>
    Pi,
}

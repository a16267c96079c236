// SPDX-License-Identifier: Apache-2.0
using System;
using Moat.Control.Boot;

namespace Moat.Sandbox.Boot;

/// <summary>Processes that are started in a running sandbox beside its first (`exec`).</summary>
internal static class GuestExec
{
    /// <summary>Starts one; its streams' descriptors belong to the kernel from now on.</summary>
    /// <param name="kernel">The sandbox's kernel.</param>
    /// <param name="process">What to start.</param>
    /// <param name="exited">Called once, on any thread, with its wait status when it has ended.</param>
    /// <returns>Its guest process number.</returns>
    /// <exception cref="BootException">It cannot be started: 126 or 127 with the reason.</exception>
    internal static int Start(GuestKernel kernel, ProcessRequest process, Action<int> exited) =>
        throw new BootException(125, "exec: not there yet");

    /// <summary>Sends a signal to a process that <see cref="Start"/> started.</summary>
    internal static void Signal(GuestKernel kernel, int pid, int signal)
    {
    }
}

// SPDX-License-Identifier: Apache-2.0
namespace Moat.Control.Messages;

/// <summary>Messages between a kernel process and whoever drives it, one per packet.</summary>
public enum ControlKind : byte
{
    None,

    /// <summary>From the kernel process: ready (`create` is done, or the first process runs).</summary>
    Ready,

    /// <summary>
    /// From the kernel process: it could not start; Value is the exit status for the caller, Text says why.
    /// </summary>
    Failed,

    /// <summary>
    /// From the kernel process: a process that was asked for has ended; Value is its wait status.
    /// </summary>
    Exited,

    /// <summary>To the kernel process: send signal Value to the first process.</summary>
    Signal,

    /// <summary>To the kernel process: start the first process.</summary>
    Start,

    /// <summary>
    /// To the kernel process: run a process; descriptors: its request (memfd), stdin, stdout, stderr.
    /// </summary>
    Exec,

    /// <summary>To the kernel process: end everything.</summary>
    Kill,

    /// <summary>
    /// To the kernel process: is it still there? Answered by Ready, Value 1 when the first process runs.
    /// </summary>
    Query,

    /// <summary>From the kernel process: an exec'd process runs; Value is its guest process number.</summary>
    Started,

    /// <summary>To the kernel process: send signal Value to every process.</summary>
    SignalAll,

    /// <summary>From the kernel process, before its end: its marks of --trace-start, in Text.</summary>
    Trace,

    /// <summary>From the kernel process: a line for the caller, in Text; nothing ends by it.</summary>
    Note,
}

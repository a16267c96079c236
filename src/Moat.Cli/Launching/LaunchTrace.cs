// SPDX-License-Identifier: Apache-2.0
using System.Text;
using Moat.Abi.Time;
using Moat.Base;
using Moat.Control.Boot;
using Moat.Host.Clocks;
using Moat.Host.Files;

namespace Moat.Cli.Launching;

/// <summary>The launcher's half of --trace-start.</summary>
internal static class LaunchTrace
{
    private static long s_enteredNs;
    private static long s_cpuNs;

    /// <summary>Called first of all: two clock readings.</summary>
    internal static void EnterMain()
    {
        s_enteredNs = Clock.MonotonicNs();
        s_cpuNs = HostClock.ReadNs(ClockId.ProcessCpuTime);
    }

    /// <summary>
    /// A trace that begins with this process's exec. Nobody tells when that was, but until Main a process
    /// only computes, so its CPU time is the distance.
    /// </summary>
    internal static StartTrace Begin()
    {
        var trace = new StartTrace("moat");
        trace.MarkAt("fork and exec by the caller", s_enteredNs - s_cpuNs);
        trace.MarkAt("the runtime starts", s_enteredNs);
        trace.Mark("read the command line");
        return trace;
    }

    /// <summary>Prints the table on standard error.</summary>
    internal static void Print(StartTrace trace)
    {
        trace.Mark("done");
        _ = HostFile.Write(2, Encoding.UTF8.GetBytes(trace.Format()));
    }
}

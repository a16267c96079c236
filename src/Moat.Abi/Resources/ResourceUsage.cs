// SPDX-License-Identifier: Apache-2.0
using System.Runtime.InteropServices;
using Moat.Abi.Time;

namespace Moat.Abi.Resources;

/// <summary>struct rusage (getrusage(2)).</summary>
[StructLayout(LayoutKind.Sequential)]
public struct ResourceUsage
{
    public Timeval UserTime;
    public Timeval SystemTime;

    /// <summary>ru_maxrss in KiB.</summary>
    public long MaximumResident;
    public long SharedText;
    public long UnsharedData;
    public long UnsharedStack;
    public long MinorFaults;
    public long MajorFaults;
    public long Swaps;
    public long BlockInput;
    public long BlockOutput;
    public long MessagesSent;
    public long MessagesReceived;
    public long SignalsReceived;
    public long VoluntarySwitches;
    public long InvoluntarySwitches;
}

// SPDX-License-Identifier: Apache-2.0
using System.Runtime.InteropServices;

namespace Moat.Abi.Time;

/// <summary>struct timex (adjtimex(2)): how the clock is steered. Times in microseconds.</summary>
[StructLayout(LayoutKind.Sequential, Size = 208)]
public struct ClockTuning
{
    public uint Modes;
    public long Offset;
    public long Frequency;
    public long MaximumError;
    public long EstimatedError;
    public int Status;
    public long Constant;
    public long Precision;
    public long Tolerance;
    public Timeval Time;
    public long Tick;
    public long PpsFrequency;
    public long PpsJitter;
    public int PpsShift;
    public long PpsStability;
    public long PpsJitterCount;
    public long PpsCalibrations;
    public long PpsErrors;
    public long PpsStabilityExceeded;
    public int TaiOffset;
}

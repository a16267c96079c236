// SPDX-License-Identifier: Apache-2.0
using System;

namespace Moat.Kernel.Tasks;

/// <summary>What read(2), write(2) and their kin have moved (/proc/PID/io, proc(5)).</summary>
/// <remarks>A task's own are written by its own thread; others see each number as of a moment ago.</remarks>
public struct IoCounters
{
    /// <summary>rchar: bytes read.</summary>
    public long ReadBytes;

    /// <summary>wchar: bytes written.</summary>
    public long WrittenBytes;

    /// <summary>syscr: calls that read.</summary>
    public long Reads;

    /// <summary>syscw: calls that write.</summary>
    public long Writes;

    /// <summary>A call that reads is over.</summary>
    /// <param name="result">What it returned.</param>
    public void CountRead(long result)
    {
        Reads++;
        ReadBytes += Math.Max(result, 0);
    }

    /// <summary>A call that writes is over.</summary>
    /// <param name="result">What it returned.</param>
    public void CountWrite(long result)
    {
        Writes++;
        WrittenBytes += Math.Max(result, 0);
    }

    /// <summary>Adds those of an ended thread or of a child that was waited for.</summary>
    public void Add(in IoCounters other)
    {
        ReadBytes += other.ReadBytes;
        WrittenBytes += other.WrittenBytes;
        Reads += other.Reads;
        Writes += other.Writes;
    }
}

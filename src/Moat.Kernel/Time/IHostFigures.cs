// SPDX-License-Identifier: Apache-2.0
namespace Moat.Kernel.Time;

/// <summary>Asks the host what one of its processes, a stub, has used.</summary>
public interface IHostFigures
{
    /// <summary>The figures of a process; zeros when the host does not tell.</summary>
    MemoryFigures Read(int hostPid);

    /// <summary>What the sandbox may use of the machine's memory, in bytes.</summary>
    long TotalBytes { get; }

    /// <summary>What the sandbox's tmpfs instances hold, in bytes.</summary>
    long SharedBytes { get; }

    /// <summary>What a process has resident; zeros when the host does not tell.</summary>
    ResidentMemory ReadResident(int hostPid);

    /// <summary>Resident bytes of a process's anonymous memory; 0 when the host does not tell.</summary>
    /// <param name="hostPid">The process.</param>
    /// <param name="share">Only its share of what several have: asked for where it matters.</param>
    long AnonymousBytes(int hostPid, bool share);
}

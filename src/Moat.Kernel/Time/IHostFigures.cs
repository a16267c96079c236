// SPDX-License-Identifier: Apache-2.0
namespace Moat.Kernel.Time;

/// <summary>Asks the host what one of its processes, a stub, has used.</summary>
public interface IHostFigures
{
    /// <summary>The figures of a process; zeros when the host does not tell.</summary>
    MemoryFigures Read(int hostPid);
}

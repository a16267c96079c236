// SPDX-License-Identifier: Apache-2.0
using System.Collections.Generic;

namespace Moat.Kernel.Tasks;

/// <summary>A session (setsid(2)) with its process groups and controlling terminal.</summary>
/// <remarks>Locks: the task tree lock.</remarks>
public sealed class Session
{
    /// <summary>A new session.</summary>
    public Session(int id) => Id = id;

    /// <summary>The leader's process id.</summary>
    public int Id { get; }

    /// <summary>The session leader while it lives.</summary>
    public ThreadGroup? Leader { get; set; }

    /// <summary>The controlling terminal, or null.</summary>
    public IControllingTerminal? Terminal { get; set; }

    public List<ProcessGroup> Groups { get; } = [];
}

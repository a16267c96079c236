// SPDX-License-Identifier: Apache-2.0
using System.Collections.Generic;

namespace Moat.Kernel.Tasks;

/// <summary>A process group (setpgid(2)).</summary>
/// <remarks>Locks: the task tree lock guards the member list.</remarks>
public sealed class ProcessGroup
{
    /// <summary>A new, empty group of a session.</summary>
    public ProcessGroup(int id, Session session)
    {
        Id = id;
        Session = session;
    }

    /// <summary>The leader's process id at the group's birth.</summary>
    public int Id { get; }

    public Session Session { get; }

    /// <summary>Members, zombies included.</summary>
    public List<ThreadGroup> Members { get; } = [];
}

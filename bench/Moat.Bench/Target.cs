// SPDX-License-Identifier: Apache-2.0
using System;
using System.Collections.Generic;
using Moat.Testing;

namespace Moat.Bench;

/// <summary>Something that runs a command: the host, a peer's runtime, or Moat.</summary>
internal abstract class Target(string name)
{
    /// <summary>The column's name.</summary>
    public string Name { get; } = name;

    /// <summary>Where the static benchmark program is for this target.</summary>
    public abstract string Micro { get; }

    /// <summary>The host command that runs <paramref name="words"/> in a new sandbox.</summary>
    public abstract Command Prepare(IReadOnlyList<string> words, TimeSpan timeout);

    /// <summary>Removes what a run left, when the runtime itself does not.</summary>
    public virtual void CleanUp()
    {
    }
}

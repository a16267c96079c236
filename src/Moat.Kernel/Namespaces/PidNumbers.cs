// SPDX-License-Identifier: Apache-2.0
namespace Moat.Kernel.Namespaces;

/// <summary>
/// What a process or thread is called in its PID namespace and in those above (struct pid).
/// </summary>
/// <param name="Space">The deepest namespace.</param>
/// <param name="Values">A number for each level; level 0's is the kernel's own.</param>
public sealed record PidNumbers(PidNamespace Space, int[] Values)
{
    /// <summary>The number in its own namespace.</summary>
    public int Own => Values[^1];

    /// <summary>The number in a namespace; 0 where it cannot be seen.</summary>
    public int In(PidNamespace space)
    {
        PidNamespace? at = Space;
        while (at is not null && at.Level > space.Level)
        {
            at = at.Parent;
        }

        return at == space ? Values[space.Level] : 0;
    }
}

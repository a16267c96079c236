// SPDX-License-Identifier: Apache-2.0
using System.Threading;

namespace Moat.Vfs.Namespaces;

/// <summary>
/// What all namespaces have in common: a number that names them, and the user namespace that owns them.
/// </summary>
/// <remarks>
/// Invariants: nothing counts references: a task, an open file or a mount that refers to a namespace keeps
/// it alive.
/// </remarks>
public abstract class GuestNamespace
{
    private static uint s_last = 4026532200;

    /// <summary>A namespace of a user namespace; null for the initial user namespace itself.</summary>
    /// <param name="kind">Its kind.</param>
    /// <param name="owner">Whose privileges count in it.</param>
    /// <param name="number">The number of an initial namespace (include/linux/proc_ns.h); 0 for a new
    /// one.</param>
    protected GuestNamespace(NamespaceKind kind, UserNamespace? owner, uint number)
    {
        Kind = kind;
        Owner = owner!;
        Number = number != 0 ? number : Interlocked.Increment(ref s_last);
    }

    /// <summary>The kind.</summary>
    public NamespaceKind Kind { get; }

    /// <summary>st_ino of its file: "uts:[N]".</summary>
    public uint Number { get; }

    /// <summary>
    /// The user namespace whose capabilities count for it; of a user namespace, its parent (null for the
    /// initial one).
    /// </summary>
    public UserNamespace Owner { get; }

    /// <summary>"uts" in "uts:[N]".</summary>
    public string TypeName => Kind switch
    {
        NamespaceKind.Mount => "mnt",
        NamespaceKind.Cgroup => "cgroup",
        NamespaceKind.Uts => "uts",
        NamespaceKind.Ipc => "ipc",
        NamespaceKind.User => "user",
        NamespaceKind.Pid => "pid",
        NamespaceKind.Net => "net",
        _ => "time",
    };
}

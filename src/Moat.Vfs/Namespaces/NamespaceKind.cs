// SPDX-License-Identifier: Apache-2.0
namespace Moat.Vfs.Namespaces;

/// <summary>The kinds of namespaces (namespaces(7)).</summary>
public enum NamespaceKind
{
    Mount,
    Cgroup,
    Uts,
    Ipc,
    User,
    Pid,
    Net,
    Time,
}

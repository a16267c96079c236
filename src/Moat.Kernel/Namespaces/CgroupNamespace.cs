// SPDX-License-Identifier: Apache-2.0
using System.Text;
using Moat.Kernel.Cgroups;
using Moat.Vfs;
using Moat.Vfs.Namespaces;

namespace Moat.Kernel.Namespaces;

/// <summary>The root of the control groups that its processes see (cgroup_namespaces(7)).</summary>
public sealed class CgroupNamespace(UserNamespace owner, Cgroup? root, uint number = 0)
    : GuestNamespace(NamespaceKind.Cgroup, owner, number)
{
    private FileSystem? _files;

    /// <summary>Where its view begins; null for the root of all.</summary>
    public Cgroup? Root { get; } = root;

    /// <summary>Its cgroup2 file system, once somebody has mounted one.</summary>
    public FileSystem? Files => System.Threading.Volatile.Read(ref _files);

    /// <summary>Sets <see cref="Files"/>, unless somebody was quicker.</summary>
    public void TrySetFiles(FileSystem made) =>
        System.Threading.Interlocked.CompareExchange(ref _files, made, null);

    /// <summary>How it names a group: with ".." for what is not below its root.</summary>
    public string PathOf(Cgroup group)
    {
        Cgroup common = group;
        while (Root is null ? common.Parent is not null : !common.IsAncestorOf(Root))
        {
            common = common.Parent!;
        }

        var below = new StringBuilder();
        for (Cgroup at = group; at != common; at = at.Parent!)
        {
            below.Insert(0, "/" + Encoding.UTF8.GetString(at.Name));
        }

        for (int up = common.Level; up < (Root?.Level ?? 0); up++)
        {
            below.Insert(0, "/..");
        }

        string path = below.Length == 0 ? "/" : below.ToString();
        return group.IsDead ? path + " (deleted)" : path;
    }
}

// SPDX-License-Identifier: Apache-2.0
using Moat.Kernel.Tasks;
using Moat.Vfs.Generated;

namespace Moat.FileSystems.Proc;

/// <summary>
/// /proc/PID/ns: the names of the namespaces; there is one of most kinds so far, and they cannot be
/// opened.
/// </summary>
internal static class NamespaceLinks
{
    internal static StaticDirectory Build(ProcContext context, Task task)
    {
        var directory =
            new StaticDirectory(context.FileSystem, 0x16d) { Number = ProcInodes.Of(task.ThreadId, 6) };
        Add("cgroup", "cgroup", 4026531835);
        Add("ipc", "ipc", task.Namespaces.Ipc.Number);
        Add("mnt", "mnt", 4026531832);
        Add("net", "net", task.Namespaces.Net.Number);
        Add("pid", "pid", 4026531836);
        Add("pid_for_children", "pid", 4026531836);
        Add("time", "time", 4026531834);
        Add("time_for_children", "time", 4026531834);
        Add("user", "user", 4026531837);
        Add("uts", "uts", task.Namespaces.Uts.Number);
        return directory;

        void Add(string name, string kind, uint inode) =>
            directory.Add(name, new GeneratedSymlink(context.FileSystem, $"{kind}:[{inode}]"));
    }
}

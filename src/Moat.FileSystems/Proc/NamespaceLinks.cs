// SPDX-License-Identifier: Apache-2.0
using System;
using Moat.Kernel.Tasks;
using Moat.Vfs.Generated;
using Moat.Vfs.Namespaces;

namespace Moat.FileSystems.Proc;

/// <summary>
/// /proc/PID/ns: the namespaces of a task.
/// </summary>
internal static class NamespaceLinks
{
    internal static StaticDirectory Build(ProcContext context, Task task)
    {
        var directory =
            new StaticDirectory(context.FileSystem, 0x16d) { Number = ProcInodes.Of(task.ThreadId, 6) };
        Add("cgroup", static task => task.Namespaces.Cgroup);
        Add("ipc", static task => task.Namespaces.Ipc);
        Add("mnt", static task => task.Namespaces.Mounts);
        Add("net", static task => task.Namespaces.Net);
        Add("pid", static task => task.PidSpace);
        // Not there before its first process is.
        Add("pid_for_children", static task => task.Namespaces.Pid is { Parent: null } or { Init: not null }
            ? task.Namespaces.Pid : null);
        Add("time", static task => task.Namespaces.Time);
        Add("time_for_children", static task => task.Namespaces.TimeForChildren);
        Add("user", static task => task.Credentials.Space);
        Add("uts", static task => task.Namespaces.Uts);
        return directory;

        void Add(string name, Func<Task, GuestNamespace?> find) =>
            directory.Add(name, new NamespaceLink(context, task, find));
    }
}

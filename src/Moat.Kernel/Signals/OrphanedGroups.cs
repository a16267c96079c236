// SPDX-License-Identifier: Apache-2.0
using System.Collections.Generic;
using Moat.Abi.Signals;
using Moat.Kernel.Tasks;

namespace Moat.Kernel.Signals;

/// <summary>
/// Process groups that an exit leaves without anyone to continue them: if a member is stopped, all get SIGHUP
/// and SIGCONT (setpgid(2); kernel/exit.c, kill_orphaned_pgrp).
/// </summary>
internal static class OrphanedGroups
{
    /// <summary>
    /// The groups that are no orphans because of a process. The tree lock is held, it still has its children.
    /// </summary>
    internal static List<ProcessGroup> TiedLocked(ThreadGroup process)
    {
        var tied = new List<ProcessGroup>();
        ProcessGroup own = process.ProcessGroup;
        if (process.Parent is { } parent && parent.ProcessGroup != own && parent.Session == own.Session)
        {
            tied.Add(own);
        }

        foreach (ThreadGroup child in process.Children)
        {
            ProcessGroup group = child.ProcessGroup;
            if (group != own && group.Session == own.Session && !tied.Contains(group))
            {
                tied.Add(group);
            }
        }

        return tied;
    }

    /// <summary>Leaves those that are orphans now and have a stopped member. The tree lock is held.</summary>
    internal static void KeepStoppedOrphansLocked(List<ProcessGroup> groups) =>
        groups.RemoveAll(static group => !IsStoppedOrphanLocked(group));

    /// <summary>Signals them. No lock is held.</summary>
    internal static void Notify(LinuxKernel kernel, List<ProcessGroup> groups)
    {
        foreach (ProcessGroup group in groups)
        {
            SignalSender.SendToGroup(kernel, group, Of(Signal.SIGHUP));
            SignalSender.SendToGroup(kernel, group, Of(Signal.SIGCONT));
        }
    }

    private static SigInfo Of(Signal signal) => new() { Number = (int)signal, Code = SigInfo.SI_KERNEL };

    private static bool IsStoppedOrphanLocked(ProcessGroup group)
    {
        bool isStopped = false;
        foreach (ThreadGroup member in group.Members)
        {
            if (member.State is ProcessState.Zombie or ProcessState.Dead)
            {
                continue;
            }

            isStopped |= member.State == ProcessState.Stopped;
            if (member.Parent is { } parent && parent.ProcessGroup != group
                && parent.Session == group.Session)
            {
                return false;
            }
        }

        return isStopped;
    }
}

// SPDX-License-Identifier: Apache-2.0
using Moat.Abi.Signals;
using Moat.Kernel.Namespaces;

namespace Moat.Kernel.Tasks;

/// <summary>The end of a PID namespace's first process is that of all in it (pid_namespaces(7)).</summary>
internal static class PidNamespaceEnd
{
    /// <summary>Kills all others in the namespace and those below, and waits until they have ended.
    /// </summary>
    internal static void Run(ThreadGroup init)
    {
        PidNamespace space = init.PidSpace;
        TaskTree tree = init.Kernel.Tree;
        using (tree.Lock.Enter())
        {
            space.IsDead = true;
        }

        while (true)
        {
            bool anyLeft = false;
            foreach (ThreadGroup other in tree.SnapshotProcesses())
            {
                if (other != init && space.IsAbove(other.PidSpace)
                    && other.State is not (ProcessState.Zombie or ProcessState.Dead))
                {
                    anyLeft = true;
                    if (!other.IsKilled)
                    {
                        TaskExit.BeginGroupExit(other, (int)Signal.SIGKILL);
                    }
                }
            }

            if (!anyLeft)
            {
                return;
            }

            init.Leader.AwaitEnding();
        }
    }

    /// <summary>A process has ended: the first one of its namespace may be waiting for it.</summary>
    internal static void OnEnd(ThreadGroup process)
    {
        for (PidNamespace? at = process.PidSpace; at?.Parent is not null; at = at.Parent)
        {
            if (at.IsDead)
            {
                at.Init?.Leader.WakeUp();
            }
        }
    }

    /// <summary>Nobody is left to wait for its zombies. The tree lock is held.</summary>
    internal static void ReapLocked(ThreadGroup init)
    {
        foreach (ThreadGroup child in init.Children.ToArray())
        {
            if (child.State == ProcessState.Zombie && child.Leader.Trace is null)
            {
                TaskExit.ReapLocked(child);
            }
        }
    }
}

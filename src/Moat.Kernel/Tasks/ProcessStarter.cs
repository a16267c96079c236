// SPDX-License-Identifier: Apache-2.0
using System;
using System.Collections.Generic;
using Moat.Abi;
using Moat.Base;
using Moat.Kernel.Loading;
using Moat.Kernel.Signals;
using Moat.Vfs;

namespace Moat.Kernel.Tasks;

/// <summary>Starts processes that no guest task cloned.</summary>
public static class ProcessStarter
{
    private const int CodeAccess = (int)Errno.EACCES;

    /// <summary>Starts a process in a session of its own.</summary>
    /// <param name="kernel">The kernel; its first process becomes <see cref="TaskTree.Init"/>.</param>
    /// <param name="spec">What to run.</param>
    /// <returns>The process, or why its program cannot be executed.</returns>
    public static Result<ThreadGroup> Start(LinuxKernel kernel, ProcessSpec spec)
    {
        Task task;
        using (kernel.Tree.Lock.Enter())
        {
            int id = kernel.Tree.AllocateIdLocked();
            if (id == 0)
            {
                return Errno.EAGAIN;
            }

            var group = new ThreadGroup(kernel, id, new SignalHandlers())
            {
                Limits = spec.Limits, IsProtectedInit = spec.IsProtectedInit, Exited = spec.Exited,
            };
            task = new Task(id, group)
            {
                Credentials = spec.Credentials, FileSystem = spec.FileSystem, Files = spec.Files,
            };
            task.Scheduling.Nice = spec.Nice;
            group.Leader = task;
        }

        // Nothing of the guest's may keep the thread that starts processes: no FUSE daemon is waited for.
        task.NeverBlocks = true;
        Errno error = Load(task, spec);
        task.NeverBlocks = false;
        if (error != Errno.Success)
        {
            return error;
        }

        using (kernel.Tree.Lock.Enter())
        {
            // No parent: nobody inside waits for it, and getppid says 0, as for what an OCI runtime puts into
            // a container.
            kernel.Tree.Init ??= task.Group;
            task.JoinNamespaces(task.Namespaces with { Mounts = spec.FileSystem?.Namespace });
            kernel.Tree.AddTaskLocked(task);
            kernel.Tree.NoteForkLocked();
            kernel.Tree.AddProcessLocked(task.Group);
            kernel.Tree.NewSessionLocked(task.Group);
            using (task.Group.SignalLock.Enter())
            {
                task.Group.Tasks.Add(task);
            }
        }

        kernel.Threads.Start(task);
        return task.Group;
    }

    private static Errno Load(Task task, ProcessSpec spec)
    {
        if (!FindProgram(task, spec).TryGet(out Found program, out Errno error))
        {
            return error;
        }

        error = TaskExec.Execute(task, program.File, program.Path, Strings(spec.Arguments),
            Strings(spec.Environment));
        task.KeepRegisters = false;
        if (error != Errno.Success)
        {
            return error;
        }

        // Loading past the point of no return failed: the group already carries its status.
        return task.Group.IsExiting ? Errno.ENOMEM : Errno.Success;
    }

    // As execvp(3): PATH is searched for names without a slash; EACCES is remembered.
    private static Result<Found> FindProgram(Task task, ProcessSpec spec)
    {
        byte[] name = spec.Arguments.Count > 0 ? spec.Arguments[0] : [];
        if (name.Length == 0)
        {
            return Errno.ENOENT;
        }

        if (Array.IndexOf(name, (byte)'/') >= 0)
        {
            return Open(task, name);
        }

        Errno error = Errno.ENOENT;
        foreach (byte[] directory in SearchPath(spec.Environment))
        {
            byte[] path = [.. directory, (byte)'/', .. name];
            Result<Found> found = Open(task, path);
            if (found.IsOk)
            {
                return found;
            }

            error = (int)found.Error == CodeAccess ? found.Error : error;
        }

        return error;
    }

    private static Result<Found> Open(Task task, byte[] path)
    {
        Result<OpenFile> opened = ExecutableResolver.Instance.OpenExecutable(task, path);
        return opened.TryGet(out OpenFile? file, out Errno error) ? new Found(file, path) : error;
    }

    private static List<byte[]> SearchPath(IReadOnlyList<byte[]> environment)
    {
        ReadOnlySpan<byte> path = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"u8;
        foreach (byte[] variable in environment)
        {
            if (variable.AsSpan().StartsWith("PATH="u8))
            {
                path = variable.AsSpan(5);
            }
        }

        var all = new List<byte[]>();
        foreach (Range range in path.Split((byte)':'))
        {
            all.Add(path[range].IsEmpty ? "."u8.ToArray() : path[range].ToArray());
        }

        return all;
    }

    private static ArgumentStrings Strings(IReadOnlyList<byte[]> values)
    {
        var strings = new ArgumentStrings();
        foreach (byte[] value in values)
        {
            strings.Add(value);
        }

        return strings;
    }

    private readonly record struct Found(OpenFile File, byte[] Path);
}

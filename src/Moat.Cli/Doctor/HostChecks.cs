// SPDX-License-Identifier: Apache-2.0
using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using Moat.Abi;
using Moat.Base;
using Moat.Cli.Errors;
using Moat.Host;
using Moat.Host.Children;
using Moat.Host.Files;
using Moat.Host.Processes;

namespace Moat.Cli.Doctor;

/// <summary>The checks of `moat doctor`: each tries the thing itself rather than reading a setting.</summary>
internal static class HostChecks
{
    private const CloneFlags AllNamespaces = CloneFlags.NewUser | CloneFlags.NewPid | CloneFlags.NewMount
        | CloneFlags.NewNet | CloneFlags.NewIpc | CloneFlags.NewUts | CloneFlags.NewCgroup;

    /// <summary>All checks, in the order in which a sandbox needs them.</summary>
    internal static IEnumerable<Finding> Run()
    {
        yield return Version();
        yield return Namespaces(CloneFlags.NewUser, "user namespaces",
            "raise user.max_user_namespaces; where the distribution has them, set "
            + "kernel.unprivileged_userns_clone=1 or kernel.apparmor_restrict_unprivileged_userns=0");
        yield return Namespaces(
            AllNamespaces, "PID, mount, network, IPC, UTS and cgroup namespaces",
            "raise the limits in /proc/sys/user/max_*_namespaces");
        yield return TimeNamespace();
        yield return Call("mount_setattr", SyscallNumber.mount_setattr, "Linux 5.12 or later is needed");
        yield return Call("open_tree", SyscallNumber.open_tree, "Linux 5.2 or later is needed");
        yield return Call("close_range", SyscallNumber.close_range, "Linux 5.9 or later is needed",
            uint.MaxValue);
        yield return Notification();
        yield return GetFd();
        yield return Yama();
        yield return MemfdExec();
    }

    private static Finding Version()
    {
        string release = Environment.OSVersion.Version.ToString();
        bool good = Environment.OSVersion.Version >= new Version(5, 14);
        return new Finding(good, $"Linux {release}", "Linux 5.14 or later is needed");
    }

    private static Finding Namespaces(CloneFlags flags, string what, string advice)
    {
        using var program = new ChildProgram { Flags = flags };
        SpawnFailure? failure = RunToExit(program);
        return new Finding(failure == null, what, $"{Why(failure)}; {advice}");
    }

    private static Finding TimeNamespace()
    {
        const string what = "time namespaces";
        if (!File.Exists("/proc/self/ns/time"))
        {
            return new Finding(true, "no time namespaces: guests see this machine's uptime");
        }

        using var program = new ChildProgram { Flags = CloneFlags.NewUser };
        program.Add("unshare", SyscallNumber.unshare, (ulong)CloneFlags.NewTime);
        SpawnFailure? failure = RunToExit(program);
        return new Finding(failure == null, what, $"{Why(failure)}; raise user.max_time_namespaces");
    }

    private static Finding Call(string what, SyscallNumber number, string advice,
        ulong argument = ulong.MaxValue)
    {
        Errno error = HostCall.Invoke(number, argument, 0, 0, 0, 0).Error;
        return new Finding(error != Errno.ENOSYS, what, $"{ErrorText.Of(error)}; {advice}");
    }

    private static Finding Notification()
    {
        const ulong getActionAvailable = 2;
        using var program = new ChildProgram();
        ulong action = program.Bytes(BitConverter.GetBytes(0x7fc00000u));
        Errno error = HostCall.Invoke(SyscallNumber.seccomp, getActionAvailable, 0, action).Error;
        return new Finding(error == Errno.Success, "seccomp user notification",
            $"{ErrorText.Of(error)}; a kernel with CONFIG_SECCOMP_FILTER is needed, and a container "
            + "around Moat must not forbid seccomp(2)");
    }

    private static Finding GetFd()
    {
        Result<int> self = PidFd.Open(HostProcess.GetPid());
        Result<int> copy = self.IsOk ? PidFd.GetFd(self.Value, 2) : self;
        return new Finding(copy.IsOk, "pidfd_getfd",
            $"{ErrorText.Of(copy.Error)}; Linux 5.6 or later is needed, "
            + "and a container around Moat must allow it");
    }

    private static Finding Yama()
    {
        const string path = "/proc/sys/kernel/yama/ptrace_scope";
        if (!File.Exists(path))
        {
            return new Finding(true, "process_vm_readv (no Yama)");
        }

        int scope = int.Parse(File.ReadAllText(path).Trim(), CultureInfo.InvariantCulture);
        return new Finding(scope <= 1, $"process_vm_readv (Yama ptrace_scope {scope})",
            "set kernel.yama.ptrace_scope to 0 or 1: the kernel process reads its own children's memory");
    }

    private static Finding MemfdExec()
    {
        const string path = "/proc/sys/vm/memfd_noexec";
        string value = File.Exists(path) ? File.ReadAllText(path).Trim() : "0";
        return new Finding(value != "2", "executable memfds",
            "set vm.memfd_noexec to 0 or 1: stubs are executed from one");
    }

    /// <summary>Runs a child that only makes its steps and exits.</summary>
    private static SpawnFailure? RunToExit(ChildProgram program)
    {
        program.Add("exit", SyscallNumber.exit_group, 0);
        program.ExecPath("/", [], []);
        SpawnFailure? failure = program.Spawn(out SpawnedChild child);
        if (failure == null)
        {
            _ = PidFd.Reap(child.PidFd, true);
            HostFile.Close(child.PidFd);
        }

        return failure;
    }

    private static string Why(SpawnFailure? failure) => failure == null ? "" : ErrorText.Of(failure.Error);
}

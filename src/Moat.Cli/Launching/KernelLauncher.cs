// SPDX-License-Identifier: Apache-2.0
using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Text;
using Moat.Abi;
using Moat.Base;
using Moat.Cli.Errors;
using Moat.Control.Boot;
using Moat.Host.Children;
using Moat.Host.Files;
using Moat.Host.Launching;
using Moat.Host.Shared;
using Moat.Host.Sockets;

namespace Moat.Cli.Launching;

/// <summary>Starts a kernel process: namespaces, file trees, descriptors, then `moat boot`.</summary>
internal sealed class KernelLauncher
{
    /// <summary>Sources of descriptors lie from here on in the child, targets below.</summary>
    private const int FirstSource = 300;
    private const int MaximumBinds = 200;
    private const int KillSignal = 9;

    private readonly LaunchPlan _plan;
    private readonly ChildProgram _program = new();
    private readonly List<int> _sources = new();
    private readonly List<(int Source, int Target)> _placed = new();
    private readonly bool _mapsAll = IdMaps.MayMapAll();
    private readonly uint _uid;
    private readonly uint _gid;
    private int _brokerTheirs = -1;
    private long _clockBehindNs;
    private int _nextTarget = BootDescriptors.FirstOther;

    private KernelLauncher(LaunchPlan plan)
    {
        _plan = plan;
        (_uid, _gid) = HostIdentity.Current();
    }

    /// <summary>Starts it; null and the kernel, or what failed.</summary>
    internal static MoatError? Launch(LaunchPlan plan, out RunningKernel? kernel)
    {
        kernel = null;
        var launcher = new KernelLauncher(plan);
        try
        {
            return launcher.Run(out kernel);
        }
        finally
        {
            launcher._program.Dispose();
            foreach (int fd in launcher._sources)
            {
                HostFile.Close(fd);
            }
        }
    }

    private MoatError? Run(out RunningKernel? kernel)
    {
        kernel = null;
        if (_plan.BindSources.Count > MaximumBinds)
        {
            return MoatError.Of($"mounts: more than {MaximumBinds} bind mounts");
        }

        Errno error = HostSocket.CreatePair(out int ours, out int theirs);
        int brokerOurs = -1;
        if (!_mapsAll && error == Errno.Success)
        {
            error = HostSocket.CreatePair(out brokerOurs, out _brokerTheirs);
        }

        Result<EventFd> gateResult = EventFd.Create();
        if (error != Errno.Success || !gateResult.TryGet(out EventFd? gate, out error))
        {
            return MoatError.Of($"control socket: {ErrorText.Of(error)}");
        }

        _ = HostFile.SetFlags(gate.Fd, OpenFlags.ReadWrite);
        int gateFd = AddSource(gate.Fd);
        int executable = AddSource(OpenSelf());
        AddPreparation(gateFd);
        BootRequest request = AddTrees(_plan.Request);
        request = AddDescriptors(request, theirs);
        AddLast(executable);
        _plan.Trace.Mark("prepare the kernel process's start");
        SpawnFailure? failure = _program.Spawn(out SpawnedChild child, pid =>
        {
            _plan.Trace.Mark("clone into new namespaces");
            Errno mapError = IdMaps.Write(pid, _uid, _gid);
            gate.Signal();
            _plan.Trace.Mark("write its id maps");
            return mapError;
        });
        _plan.Trace.Mark("it takes file trees and executes");
        HostFile.Close(theirs);
        HostFile.Close(_brokerTheirs);
        gate.Dispose();
        if (failure != null)
        {
            HostFile.Close(ours);
            return LaunchErrors.Explain(failure);
        }

        kernel = new RunningKernel(
            child.Pid, child.PidFd, ours, brokerOurs, _clockBehindNs, _plan.Trace);
        return null;
    }

    /// <summary>Namespaces, and waiting until the id maps are written.</summary>
    private void AddPreparation(int gateFd)
    {
        _program.Flags = CloneFlags.NewUser | CloneFlags.NewPid | CloneFlags.NewMount | CloneFlags.NewNet
            | CloneFlags.NewIpc | CloneFlags.NewUts | CloneFlags.NewCgroup;
        if (_plan.DieWithCaller)
        {
            const ulong setParentDeathSignal = 1;
            _program.Add("parent death signal", SyscallNumber.prctl, setParentDeathSignal, KillSignal);
        }

        _program.Add("wait for id maps", SyscallNumber.read, (ulong)gateFd, _program.Bytes(new byte[8]), 8);
        _program.Add("new session", SyscallNumber.setsid);
        _program.Add(
            "make mounts private", SyscallNumber.mount, 0, _program.Text("/"), 0, HostMount.Private, 0);
        _program.Add("close descriptors", SyscallNumber.close_range, 3, FirstSource - 1);
        if (File.Exists("/proc/self/ns/time"))
        {
            AddTimeNamespace();
        }
    }

    /// <summary>The guest's monotonic clocks start near zero, and so do the kernel process's own.</summary>
    private void AddTimeNamespace()
    {
        long seconds = Stopwatch.GetTimestamp() / Stopwatch.Frequency;
        _clockBehindNs = seconds * 1_000_000_000;
        string offsets = $"monotonic -{seconds} 0\nboottime -{seconds} 0\n";
        _program.Add("new time namespace", SyscallNumber.unshare, (ulong)CloneFlags.NewTime);
        int open = _program.Add(
            "open timens_offsets", SyscallNumber.open, _program.Text("/proc/self/timens_offsets"), 1);
        int write = _program.Add(
            "set clock offsets", SyscallNumber.write, 0, _program.Text(offsets), (ulong)offsets.Length);
        int close = _program.Add("close", SyscallNumber.close);
        _program.StoreResult(open, write, 0);
        _program.StoreResult(open, close, 0);
    }

    private BootRequest AddTrees(BootRequest request)
    {
        bool rootWritable = !request.RootOverlay && !request.RootReadOnly;
        int root = AddTree(_plan.RootPath, !rootWritable);
        var mounts = new List<MountRequest>();
        int bind = 0;
        foreach (MountRequest mount in request.Mounts)
        {
            if (mount.Kind != MountKind.Bind)
            {
                mounts.Add(mount);
                continue;
            }

            string source = _plan.BindSources[bind++];
            mounts.Add(mount with
            {
                Fd = IsRegularFile(source)
                    ? AddFile(source, mount.ReadOnly) : AddTree(source, mount.ReadOnly),
                IsFile = !Directory.Exists(source),
                Source = source,
            });
        }

        return request with { RootFd = root, Mounts = mounts };
    }

    private static bool IsRegularFile(string path) =>
        HostPath.Stat(HostPath.CurrentDirectory, Encoding.UTF8.GetBytes(path), 0, out HostStatx stat)
            == Errno.Success
        && StatMode.TypeOf(stat.Mode) == FileType.Regular;

    /// <summary>A single file, opened here: later there is no directory to open it from.</summary>
    private int AddFile(string path, bool readOnly)
    {
        int target = _nextTarget++;
        int open = _program.Add(
            $"open {path}", SyscallNumber.openat, unchecked((ulong)HostPath.CurrentDirectory),
            _program.Text(path),
            (ulong)(OpenFlags.CloseOnExec | (readOnly ? OpenFlags.ReadOnly : OpenFlags.ReadWrite)));
        int place = _program.Add($"place {path}", SyscallNumber.dup2, 0, (ulong)target);
        int close = _program.Add("close", SyscallNumber.close);
        _program.StoreResult(open, place, 0);
        _program.StoreResult(open, close, 0);
        return target;
    }

    /// <summary>A detached copy of the tree at a path, of the kernel process's own mount namespace.</summary>
    private int AddTree(string path, bool readOnly)
    {
        const ulong clone = 1;
        const ulong closeOnExec = 0x80000;
        const ulong recursive = 0x8000;
        const ulong emptyPath = 0x1000;
        const ulong attributeReadOnly = 1;
        const ulong attributeNoSetUid = 2;
        const ulong attributeNoDevices = 4;
        ulong set = attributeNoSetUid | attributeNoDevices | (readOnly ? attributeReadOnly : 0);
        var attributes = new byte[32];
        BitConverter.TryWriteBytes(attributes, set);
        int target = _nextTarget++;
        int open = _program.Add(
            $"open {path}", SyscallNumber.openat, unchecked((ulong)HostPath.CurrentDirectory),
            _program.Text(path), (ulong)(OpenFlags.Path | OpenFlags.CloseOnExec));
        int tree = _program.Add(
            $"take {path}", SyscallNumber.open_tree, 0, _program.Text(""),
            clone | closeOnExec | recursive | emptyPath);
        int protect = _program.Add(
            $"protect {path}", SyscallNumber.mount_setattr, 0, _program.Text(""), recursive | emptyPath,
            _program.Bytes(attributes), 32);
        int place = _program.Add($"place {path}", SyscallNumber.dup2, 0, (ulong)target);
        int closeOpen = _program.Add("close", SyscallNumber.close);
        int closeTree = _program.Add("close", SyscallNumber.close);
        _program.StoreResult(open, tree, 0);
        _program.StoreResult(open, closeOpen, 0);
        _program.StoreResult(tree, protect, 0);
        _program.StoreResult(tree, place, 0);
        _program.StoreResult(tree, closeTree, 0);
        return target;
    }

    private BootRequest AddDescriptors(BootRequest request, int control)
    {
        Place(control, BootDescriptors.Control);
        Place(_plan.Stdin, 0);
        Place(_plan.Stdout, 1);
        Place(_plan.Stderr, 2);
        BootRequest complete = request with
        {
            DieWithLauncher = _plan.DieWithCaller,
            LogFd = _plan.Log < 0 ? -1 : Place(_plan.Log, _nextTarget++),
            ListenFd = _plan.Listener < 0 ? -1 : Place(_plan.Listener, _nextTarget++),
            OwnerBrokerFd = _brokerTheirs < 0 ? -1 : Place(_brokerTheirs, _nextTarget++),
            KeptCapabilities = _mapsAll ? LaunchCapabilities.FileOwner : 0,
        };
        byte[] bytes = BootFormat.Write(complete);
        int memfd = Memfd.FromBytes("boot", bytes, MemfdFlags.CloseOnExec | MemfdFlags.NoExecSeal).Value;
        Place(memfd, BootDescriptors.Request);
        HostFile.Close(memfd);
        foreach ((int source, int target) in _placed)
        {
            _program.Add("pass descriptor", SyscallNumber.dup2, (ulong)source, (ulong)target);
        }

        return complete;
    }

    /// <summary>
    /// Capabilities that survive exec, what is left of the descriptors, and the exec itself.
    /// </summary>
    private void AddLast(int executable)
    {
        const ulong ambient = 47;
        const ulong ambientRaise = 2;
        ulong mask = LaunchCapabilities.Boot | (_mapsAll ? LaunchCapabilities.FileOwner : 0);
        ulong data = _program.Bytes(HostPrivileges.CapabilityBytes(mask, mask, mask));
        _program.Add("set capabilities", SyscallNumber.capset, data, data + 8);
        for (int capability = 0; capability < 64; capability++)
        {
            if ((mask & (1UL << capability)) != 0)
            {
                _program.Add("keep capabilities", SyscallNumber.prctl, ambient, ambientRaise,
                    (ulong)capability);
            }
        }

        _program.Add("close descriptors", SyscallNumber.close_range, (ulong)_nextTarget,
            (ulong)(executable - 1));
        _program.Add("close descriptors", SyscallNumber.close_range, (ulong)(executable + 1), uint.MaxValue);
        _program.ExecFd(executable, ["moat", "boot"], LaunchEnvironment.Of(_plan.Request));
    }

    private int Place(int fd, int target)
    {
        _placed.Add((AddSource(fd), target));
        return target;
    }

    private int AddSource(int fd)
    {
        int source = HostFile.Duplicate(fd, FirstSource).Value;
        _sources.Add(source);
        return source;
    }

    private int OpenSelf()
    {
        int fd = HostPath.Open(
            HostPath.CurrentDirectory, "/proc/self/exe"u8, OpenFlags.ReadOnly | OpenFlags.CloseOnExec).Value;
        _sources.Add(fd);
        return fd;
    }
}

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
    private const int MaximumBinds = 200;
    private const int KillSignal = 9;

    private readonly LaunchPlan _plan;
    private readonly ChildProgram _program = new();
    private readonly ChildDescriptors _descriptors;
    private readonly ChildTrees _trees;
    private readonly bool _mapsAll = IdMaps.MayMapAll();
    private readonly uint _uid;
    private readonly uint _gid;
    private int _executable = -1;
    private int _request = -1;
    private int _brokerTheirs = -1;
    private long _clockBehindNs;
    private int _nextTarget = BootDescriptors.FirstOther;

    private KernelLauncher(LaunchPlan plan)
    {
        _plan = plan;
        _descriptors = new ChildDescriptors(_program);
        _trees = new ChildTrees(_program);
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
            HostFile.Close(launcher._executable);
            HostFile.Close(launcher._request);
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
        _executable = OpenSelf();
        AddPreparation(gate.Fd);
        PlaceDescriptors(_trees.Number(_plan, ref _nextTarget), theirs);
        _descriptors.AddCopies(_executable);
        _trees.AddSteps();
        _descriptors.AddPlacements(_nextTarget);
        AddLast();
        _plan.Trace.Mark("prepare the kernel process's start");
        SpawnFailure? failure = _program.Spawn(out SpawnedChild child, pid =>
        {
            _plan.Trace.Mark("clone into new namespaces");
            Errno mapError = IdMaps.Write(pid, _mapsAll, _uid, _gid);
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
            | CloneFlags.NewIpc | CloneFlags.NewUts;
        if (_plan.DieWithCaller)
        {
            const ulong setParentDeathSignal = 1;
            _program.Add("parent death signal", SyscallNumber.prctl, setParentDeathSignal, KillSignal);
        }

        _program.Add("wait for id maps", SyscallNumber.read, (ulong)gateFd, _program.Bytes(new byte[8]), 8);
        JoinCgroups();
        _program.Add("new session", SyscallNumber.setsid);
        _program.Add(
            "make mounts private", SyscallNumber.mount, 0, _program.Text("/"), 0, HostMount.Private, 0);
        if (File.Exists("/proc/self/ns/time"))
        {
            AddTimeNamespace();
        }
    }

    /// <summary>
    /// A process that moves itself alone needs no RCU grace period, which writing another's number costs.
    /// </summary>
    private void JoinCgroups()
    {
        foreach (CgroupDirectory cgroup in _plan.Cgroups)
        {
            int open = _program.Add(
                $"open {cgroup.Path}/tasks", SyscallNumber.open, _program.Text(cgroup.Path + "/tasks"), 1);
            int write = _program.Add(
                $"join {cgroup.Path}", SyscallNumber.write, 0, _program.Text("0"), 1);
            int close = _program.Add("close", SyscallNumber.close);
            _program.StoreResult(open, write, 0);
            _program.StoreResult(open, close, 0);
        }

        _program.Add("new cgroup namespace", SyscallNumber.unshare, (ulong)CloneFlags.NewCgroup);
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

    private void PlaceDescriptors(BootRequest request, int control)
    {
        _descriptors.Place(control, BootDescriptors.Control);
        _descriptors.Place(_plan.Stdin, 0);
        _descriptors.Place(_plan.Stdout, 1);
        _descriptors.Place(_plan.Stderr, 2);
        BootRequest complete = request with
        {
            DieWithLauncher = _plan.DieWithCaller,
            LogFd = Place(_plan.Log),
            ListenFd = Place(_plan.Listener),
            OwnerBrokerFd = Place(_brokerTheirs),
            OverlayLockFd = Place(_plan.OverlayLock),
            ExportFd = Place(_plan.Export),
            KeptCapabilities = _mapsAll ? LaunchCapabilities.FileOwner : 0,
        };
        byte[] bytes = BootFormat.Write(complete);
        _request = Memfd.FromBytes("boot", bytes, MemfdFlags.CloseOnExec | MemfdFlags.NoExecSeal).Value;
        _descriptors.Place(_request, BootDescriptors.Request);
    }

    private int Place(int fd) => fd < 0 ? -1 : _descriptors.Place(fd, _nextTarget++);

    /// <summary>Capabilities that survive exec, and the exec itself.</summary>
    private void AddLast()
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

        _descriptors.Execute(["moat", "boot"], LaunchEnvironment.Of(_plan.Request));
    }

    private static int OpenSelf() => HostPath.Open(
        HostPath.CurrentDirectory, "/proc/self/exe"u8, OpenFlags.ReadOnly | OpenFlags.CloseOnExec).Value;
}

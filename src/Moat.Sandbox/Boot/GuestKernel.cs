// SPDX-License-Identifier: Apache-2.0
using System;
using System.Text;
using System.Threading;
using Moat.Abi;
using Moat.Abi.Signals;
using Moat.Base;
using Moat.Control.Boot;
using Moat.FileSystems.Dev;
using Moat.FileSystems.HostFs;
using Moat.FileSystems.Overlay;
using Moat.FileSystems.Overlay.Export;
using Moat.FileSystems.Pipes;
using Moat.FileSystems.Proc;
using Moat.FileSystems.Stdio;
using Moat.Host.Files;
using Moat.Kernel;
using Moat.Kernel.Signals;
using Moat.Kernel.Tasks;
using Moat.Kernel.Uts;
using Moat.Platform;
using Moat.Sandbox.Owners;
using Moat.Syscalls.Dispatch;
using Moat.Vfs;
using Moat.Vfs.Paths;

namespace Moat.Sandbox.Boot;

/// <summary>The application kernel of one sandbox, wired together.</summary>
public sealed class GuestKernel : IDisposable
{
    private const int Failed = 125;
    private const int MostWaits = 200;
    private const int WaitMs = 10;
    private readonly BootRequest _request;
    private readonly StartTrace _trace;
    private readonly VirtualFileSystem _vfs = new();
    private readonly HostPoller _poller = new();
    private readonly OpenFile[] _streams = new OpenFile[3];
    private LinuxKernel _kernel = null!;
    private StubMonitor _monitor = null!;
    private StubSpawner _spawner = null!;
    private HostFacts _facts = null!;
    private MountNamespace _mounts = null!;
    private CallerTerminal? _terminal;
    private ConsoleDevice? _console;
    private CountedSyscalls? _counted;
    private OverlayFileSystem? _overlay;

    /// <summary>Builds nothing yet that could fail.</summary>
    public GuestKernel(BootRequest request, StartTrace trace)
    {
        _request = request;
        _trace = trace;
    }

    /// <summary>Reads what is needed of the host's tree; it is gone afterwards.</summary>
    public void Prepare()
    {
        var stubs = new StubOptions(
            _request.DirectMemoryCalls ? MemoryCalls.Direct : MemoryCalls.Strict, _request.PatchCallSites);
        _monitor = new StubMonitor();
        byte[] inputs = SyscallInputs.Table();
        SignalFrame.Input.WriteTo(inputs, (uint)SyscallNumber.rt_sigreturn, 0);
        _spawner = new StubSpawner(_monitor, inputs, stubs);
        _trace.Mark("make the stub's code");
        _facts = HostFacts.Capture();
        _trace.Mark("read the host's figures");
        _console = DeviceDirectory.RegisterDrivers(_vfs);
        _vfs.Fifos = new FifoOpener();
        ProcessRequest process = _request.Process;
        _streams[0] = OpenStream(process.StdinFd, ref _terminal);
        _streams[1] = OpenStream(process.StdoutFd, ref _terminal);
        _streams[2] = OpenStream(process.StderrFd, ref _terminal);
        _console.Terminal = _terminal;
        _kernel = new LinuxKernel
        {
            Stubs = _spawner,
            Syscalls = _request.Statistics ? _counted = new CountedSyscalls(Handler()) : Handler(),
            Uts = new UtsNamespace(Encoding.UTF8.GetBytes(_request.Hostname),
                Encoding.UTF8.GetBytes(_request.Domainname)),
            TaskFailed = ReportFailure,
            HostFigures = _facts,
        };
    }

    /// <summary>Starts the first guest process.</summary>
    /// <param name="exited">Called once, on any thread, with its wait status when it has ended.</param>
    /// <exception cref="BootException">It cannot be started: 126 or 127 with the reason.</exception>
    public void StartInit(Action<int> exited)
    {
        // Threads only now: each would have had to give up its capabilities by itself. The first program's
        // stub is made while file systems are.
        _monitor.Start();
        _spawner.StartSpares();
        IOwnerResolver owners = _request.OwnerBrokerFd < 0
            ? HostOwners.Instance : new BrokeredOwners(_request.OwnerBrokerFd);
        var mounts = new GuestMounts(_vfs, _kernel, _facts, _request, owners);
        _mounts = mounts.Build();
        _overlay = mounts.Overlay;
        _trace.Mark("make file systems and mounts");
        if (_terminal is not null)
        {
            var caller = new BootCaller(_mounts.Root);
            _terminal.Node = PathWalker.Lookup(caller, _mounts.Root, "/dev/console"u8, LookupFlags.None)
                .TryGet(out Location console, out _) ? console : null;
        }

        ProcessRequest first = _request.TakesImageDefaults
            ? ImageProcess.Complete(_request.Process, mounts.ImageConfig, _request.RootName)
            : _request.Process;
        ThreadGroup init = Start(first, _streams, status =>
        {
            _trace.Mark("the first process runs to its end");
            exited(status);
        });
        _trace.Mark("load the first program");
        if (_terminal is not null)
        {
            init.Session.Terminal = _terminal;
            _terminal.ForegroundGroup = init.ProcessGroup.Id;
        }
    }

    /// <summary>
    /// Starts one more process beside the first (`exec`); its streams' descriptors belong to the kernel.
    /// </summary>
    /// <returns>Its guest process number.</returns>
    /// <exception cref="BootException">It cannot be started: 126 or 127 with the reason.</exception>
    public int StartProcess(ProcessRequest process, Action<int> exited)
    {
        CallerTerminal? terminal = null;
        OpenFile[] streams =
        [
            OpenStream(process.StdinFd, ref terminal), OpenStream(process.StdoutFd, ref terminal),
            OpenStream(process.StderrFd, ref terminal),
        ];
        ThreadGroup started = Start(process, streams, exited);
        if (terminal is not null)
        {
            started.Session.Terminal = terminal;
            terminal.ForegroundGroup = started.ProcessGroup.Id;
        }

        return started.ProcessId;
    }

    /// <summary>
    /// Sends a signal to the first process; one that it has no handler for still counts, as from outside.
    /// What the caller's terminal makes of keys and sizes goes to the guest's foreground group instead, as on
    /// Linux.
    /// </summary>
    public void SignalInit(int signal)
    {
        bool fromTerminal = (Abi.Signals.Signal)signal is Abi.Signals.Signal.SIGINT
            or Abi.Signals.Signal.SIGQUIT
            or Abi.Signals.Signal.SIGTSTP or Abi.Signals.Signal.SIGWINCH;
        if (fromTerminal && _terminal is { ForegroundGroup: not 0 } terminal)
        {
            terminal.SignalForeground(_kernel, (Abi.Signals.Signal)signal);
            return;
        }

        _ = SignalSender.SendToProcess(_kernel.Tree.Init, new SigInfo { Number = signal }, fromOutside: true);
    }

    /// <summary>Sends a signal to a process that <see cref="StartProcess"/> started.</summary>
    public void Signal(int pid, int signal)
    {
        if (_kernel.Tree.FindProcess(pid) is { } process)
        {
            _ = SignalSender.SendToProcess(process, new SigInfo { Number = signal }, fromOutside: true);
        }
    }

    /// <summary>Sends a signal to every process.</summary>
    public void SignalAll(int signal)
    {
        foreach (ThreadGroup process in _kernel.Tree.SnapshotProcesses())
        {
            _ = SignalSender.SendToProcess(process, new SigInfo { Number = signal }, fromOutside: true);
        }
    }

    /// <summary>Prints what system calls were made, if that was asked for.</summary>
    public void PrintStatistics()
    {
        if (_counted is not null)
        {
            _ = HostFile.Write(_request.LogFd, Encoding.UTF8.GetBytes(CallStatistics.Format(_counted.Sum())));
        }
    }

    /// <summary>
    /// Writes what the guest has changed, if that was asked for, once all of its processes have ended.
    /// </summary>
    /// <returns>How many entries were left out, or what went wrong.</returns>
    public Result<long> Export()
    {
        if (_request.ExportFd < 0 || _overlay is null)
        {
            return 0;
        }

        for (int i = 0; i < MostWaits && HasProcesses(); i++)
        {
            Thread.Sleep(WaitMs);
        }

        return LayerExport.Write(new BootCaller(_mounts.Root), _overlay, _request.ExportFd);
    }

    private bool HasProcesses()
    {
        foreach (ThreadGroup process in _kernel.Tree.SnapshotProcesses())
        {
            if (process.State != ProcessState.Zombie)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Ends all stubs: they die with the kernel process's PID namespace.</summary>
    public void Dispose()
    {
    }

    private ISyscallHandler Handler()
    {
        ISyscallHandler handler = _request.Strace is { } names
            ? new TracedSyscalls(names, _request.LogFd) : new DirectSyscalls();
        return _request.TraceStart ? new FirstCallMark(handler, _trace) : handler;
    }

    private ThreadGroup Start(ProcessRequest process, OpenFile[] streams, Action<int> exited)
    {
        ProcessSpec spec = new GuestProcess(process, _mounts).Build(streams, exited);
        Result<ThreadGroup> started = ProcessStarter.Start(_kernel, spec);
        return started.TryGet(out ThreadGroup? group, out Errno error)
            ? group
            : throw GuestProcess.CannotExecute(process.Arguments.Count > 0
            ? process.Arguments[0] : "", error);
    }

    private OpenFile OpenStream(int fd, ref CallerTerminal? terminal)
    {
        Result<OpenFile> opened = HostStreamOpener.Open(_poller, fd, ref terminal);
        return opened.TryGet(out OpenFile? file, out Errno error)
            ? file
            : throw new BootException(Failed, $"standard streams: {ErrnoMessages.Get(error)}");
    }

    private void ReportFailure(Task task, Exception failure)
    {
        string text = $"moat: bug: process {task.Group.ProcessId} ends: {failure}\n";
        _ = HostFile.Write(_request.LogFd >= 0
            ? _request.LogFd : _request.Process.StderrFd, Encoding.UTF8.GetBytes(text));
    }
}

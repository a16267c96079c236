// SPDX-License-Identifier: Apache-2.0
using System;
using System.Collections.Concurrent;
using System.Threading;
using Moat.Abi;
using Moat.Base;
using Moat.Host.Children;
using Moat.Host.Files;
using Moat.Host.Processes;
using Moat.Host.Seccomp;
using Moat.Memory;

namespace Moat.Platform;

/// <summary>Makes fresh stub processes, and keeps one ready so that execve need not wait.</summary>
/// <remarks>Invariants: a spare is complete: it waits for its first registers.</remarks>
public sealed class StubSpawner
{
    // Above what the child puts in place. Not high: in a process with threads the host waits for an RCU grace
    // period, milliseconds, whenever the descriptor table grows beyond 64, 128 ...
    private const int HighFd = 4;
    private const int SecondSpareDelayMs = 10;
    private const ulong NoRandomLayout = 0x0040000;
    private const int SetSecureBits = 28;

    // SECBIT_NOROOT and its lock (capabilities(7)).
    private const ulong NoRoot = 3;
    private const ulong StackBytes = 8 << 20;
    private readonly StubMonitor _monitor;
    private readonly SemaphoreSlim _wanted = new(0);
    private readonly ConcurrentQueue<FreshStub> _spares = new();
    private readonly ManualResetEventSlim _firstDone = new();
    private int _firstPending;
    private readonly int _imageFd;
    private readonly VdsoMapping _vdso;
    private readonly StubCallSites _sites;
    private readonly StubOptions _options;
    private readonly SpinTurns _turns = new();

    /// <summary>
    /// True while a process that the kernel has ended is still there for the host: what it had mapped may
    /// still count as used.
    /// </summary>
    public bool AreProcessesEnding => _monitor.AreProcessesEnding;

    /// <summary>
    /// Makes the stub's image. Needs the process's own /proc, so it comes before the root is emptied.
    /// </summary>
    /// <param name="monitor">Supervises the stubs.</param>
    /// <param name="inputs">The table of inputs: see <see cref="InputEntry"/>; may be empty.</param>
    /// <param name="options">How stubs run guest code.</param>
    public StubSpawner(StubMonitor monitor, ReadOnlySpan<byte> inputs, StubOptions options)
    {
        _monitor = monitor;
        _options = options;
        // For all threads made from now on, while we still have the capability to say so.
        _ = HostProcess.Control(SetSecureBits, NoRoot);
        _vdso = VdsoMapping.OfThisProcess();
        StubImage image = StubAssembler.Build(inputs, options.MemoryCalls);
        _sites = image.Sites;
        Result<int> memfd = image.ToMemfd();
        Result<int> high = memfd.IsOk ? HostFile.Duplicate(memfd.Value, HighFd) : memfd;
        _imageFd = high.IsOk ? high.Value : throw new InvalidOperationException($"stub memfd: {high.Error}");
        HostFile.Close(memfd.Value);
        ChildProgram.Prepare();
    }

    /// <summary>Size of [vvar] and its companions, which end where the vDSO starts, in bytes.</summary>
    public int VdsoDataBytes => _vdso.DataBytes;

    /// <summary>Size of the vDSO in bytes.</summary>
    public int VdsoCodeBytes => _vdso.CodeBytes;

    /// <summary>
    /// Starts the thread that keeps a spare stub ready; the first <see cref="Take"/> waits for its first one.
    /// </summary>
    public void StartSpares()
    {
        _firstPending = 1;
        new Thread(KeepSpare, 256 * 1024) { IsBackground = true, Name = "moat-spare" }.Start();
        _wanted.Release();
    }

    /// <summary>A stub with an empty address space, stopped at its first trap.</summary>
    public Result<FreshStub> Take()
    {
        if (Interlocked.Exchange(ref _firstPending, 0) != 0)
        {
            _firstDone.Wait();
        }

        while (_spares.TryDequeue(out FreshStub? spare))
        {
            _wanted.Release();
            if (!spare.Thread.IsDead)
            {
                return spare;
            }

            spare.Process.Release();
        }

        return Spawn();
    }

    private void KeepSpare()
    {
        bool isSecond = false;
        while (true)
        {
            _wanted.Wait();
            if (isSecond)
            {
                // Many sandboxes run one program only; it does not share its start with a stub it never
                // needs.
                Thread.Sleep(SecondSpareDelayMs);
            }

            isSecond = !_firstDone.IsSet;
            if (Spawn().TryGet(out FreshStub? stub, out _))
            {
                _spares.Enqueue(stub);
            }

            _firstDone.Set();
        }
    }

    private Result<FreshStub> Spawn()
    {
        var process = new StubProcess(_monitor, NewFamily(-1), _options.PatchesCallSites);
        if (!process.NewThread(0).TryGet(out StubThread? thread, out Errno error))
        {
            return error;
        }

        thread.Area.Field<int>(StubLayout.VdsoDataBytes) = _vdso.DataBytes;
        thread.Area.Field<int>(StubLayout.VdsoCodeBytes) = _vdso.CodeBytes;
        if (Execute(thread, out SpawnedChild child) is SpawnFailure failure)
        {
            process.Release();
            return failure.Error;
        }

        process.BindPid(child.Pid, child.PidFd);
        _monitor.Watch(process);
        _monitor.Register(thread, child.Pid);
        GuestRegisters registers = default;
        error = thread.WaitForFirstTrap(ref registers) ? TakeListener(process, thread) : Errno.ESRCH;
        if (error != Errno.Success)
        {
            process.Kill();
            process.Release();
            return error;
        }

        thread.Leave();
        thread.Area.CloseFd();
        return new FreshStub(process, thread);
    }

    private SpawnFailure? Execute(StubThread thread, out SpawnedChild child)
    {
        using var program = new ChildProgram();
        program.Add("no_new_privs", SyscallNumber.prctl, 38, 1);
        // Without this bit, execve as uid 0 counts as gaining capabilities and resets the personality.
        int secure = program.Add("no root", SyscallNumber.prctl, SetSecureBits, NoRoot);
        program.SetPolicy(secure, FailurePolicy.Ignore);
        // Version 3 header and six empty words: no capability survives (capset(2)).
        ulong header = program.Bytes([0x22, 0x05, 0x08, 0x20, 0, 0, 0, 0]);
        byte[] stack = new byte[16];
        BitConverter.TryWriteBytes(stack, StackBytes);
        BitConverter.TryWriteBytes(stack.AsSpan(8), StackBytes);
        program.Add("drop capabilities", SyscallNumber.capset, header, program.Bytes(new byte[24]));
        program.Add("fixed layout", SyscallNumber.personality, NoRandomLayout);
        program.Add("limit the stack", SyscallNumber.setrlimit, 3, program.Bytes(stack));
        int high = program.Add("move the area", SyscallNumber.fcntl, (ulong)thread.Area.Fd, 0, HighFd);
        int place = program.Add("place the area", SyscallNumber.dup2, 0, 3);
        program.StoreResult(high, place, 0);
        program.Add("close", SyscallNumber.close_range, 0, 2, 0);
        program.Add("close on exec", SyscallNumber.close_range, 4, uint.MaxValue, 4);
        program.ExecFd(_imageFd, ["moat-stub"], []);
        return program.Spawn(out child);
    }

    private Errno TakeListener(StubProcess process, StubThread thread)
    {
        // No guest code has run yet, so the area holds what the stub's own code wrote.
        int theirs = (int)thread.Area.Field<long>(StubLayout.Listener);
        process.VdsoAddress = thread.Area.Field<ulong>(StubLayout.Vdso);
        if (theirs < 0)
        {
            return (Errno)(-theirs);
        }

        if (process.VdsoAddress < StubLayout.AreaEnd)
        {
            return Errno.EADDRNOTAVAIL;
        }

        if (!PidFd.GetFd(process.PidFd, theirs).TryGet(out int listener, out Errno error))
        {
            return error;
        }

        _ = SeccompListener.SetSyncWakeUp(listener);
        process.Family.Release();
        process.Family = NewFamily(listener);
        _monitor.Watch(process.Family);
        return thread.ExecuteBatch([new MemoryOrder(SyscallNumber.close, (ulong)theirs, 0)]).Error;
    }

    private StubFamily NewFamily(int listener) =>
        new() { Listener = listener, Sites = _sites, MemoryCalls = _options.MemoryCalls, Turns = _turns };
}

// SPDX-License-Identifier: Apache-2.0
using System;
using System.Collections.Generic;
using Moat.Abi;
using Moat.Base;
using Moat.Host.Files;
using Moat.Host.Processes;
using Moat.Host.Shared;

namespace Moat.Host.Children;

/// <summary>
/// The host calls that a new process makes between clone and exec; .NET itself cannot fork.
/// </summary>
/// <remarks>
/// Invariants: the memory the child reads is freed by Dispose only, never by a finalizer, and Spawn returns
/// only when the
/// child no longer uses it (exec or exit). All signals are blocked in the child up to the last step before
/// exec.
/// Not for use by two threads at once. A program can be spawned many times.
/// </remarks>
public sealed unsafe class ChildProgram : IDisposable
{
    private const int SignalCount = 64;
    private const int KillSignal = 9;
    private const ulong EmptyPath = 0x1000;
    private const ulong SetMask = 2;

    private readonly NativeArena _arena = new();
    private readonly List<Step> _steps = new();
    private readonly List<Store> _stores = new();
    private Step _exec;
    private bool _hasExec;

    /// <summary>Namespaces and the like; memory, signal and pidfd flags are added by themselves.</summary>
    public CloneFlags Flags { get; set; }

    /// <summary>A cgroup v2 directory to start in (needs <see cref="CloneFlags.IntoCgroup"/>).</summary>
    public int CgroupFd { get; set; } = -1;

    /// <summary>Assembles the machine code now; a process that confines itself must call it before.</summary>
    public static void Prepare() => ChildThunk.Prepare();

    /// <summary>
    /// The page of machine code that makes the calls between clone and exec; nothing else is on it.
    /// </summary>
    public static ulong CodePage => ChildThunk.PageAddress;

    /// <summary>Native copy of a string that lives as long as the program.</summary>
    public ulong Text(string text) => _arena.Text(text);

    /// <summary>Native copy of bytes that lives as long as the program.</summary>
    public ulong Bytes(ReadOnlySpan<byte> bytes) => _arena.Bytes(bytes);

    /// <summary>Adds a step.</summary>
    /// <param name="what">Names the step in an error, for instance "mount /proc".</param>
    /// <param name="number">The host call; arguments follow.</param>
    /// <returns>Its index, for <see cref="StoreResult"/> and <see cref="SetPolicy"/>.</returns>
    public int Add(
        string what, SyscallNumber number,
        ulong a0 = 0, ulong a1 = 0, ulong a2 = 0, ulong a3 = 0, ulong a4 = 0, ulong a5 = 0)
    {
        _steps.Add(new Step(what, number, a0, a1, a2, a3, a4, a5, FailurePolicy.Stop));
        return _steps.Count - 1;
    }

    /// <summary>Sets what happens when a step fails.</summary>
    public void SetPolicy(int step, FailurePolicy policy) =>
        _steps[step] = _steps[step] with { Policy = policy };

    /// <summary>Passes a step's result on as an argument of a later one; up to six per step.</summary>
    public void StoreResult(int step, int laterStep, int argument) =>
        _stores.Add(new Store(step, laterStep, argument));

    /// <summary>Says what to execute at the end: the file behind a descriptor.</summary>
    public void ExecFd(int fd, IReadOnlyList<string> arguments, IReadOnlyList<string> environment) =>
        SetExec("execute", (ulong)(long)fd, string.Empty, arguments, environment, EmptyPath);

    /// <summary>Says what to execute at the end: a path.</summary>
    public void ExecPath(string path, IReadOnlyList<string> arguments, IReadOnlyList<string> environment) =>
        SetExec($"execute {path}", unchecked((ulong)-100L), path, arguments, environment, 0);

    /// <summary>Starts the child and waits until it has executed its program.</summary>
    /// <param name="child">The child when there is no failure.</param>
    /// <param name="meanwhile">Runs in the parent with the child's number while the child makes its steps
    /// (which must
    /// then wait for it, for instance by reading from a pipe); an error ends the child.</param>
    /// <returns>Null, or what failed.</returns>
    [HostCall("clone3", Why = "stub processes")]
    [HostCall("clone", Why = "stub processes where clone3 is refused")]
    [HostCall("rt_sigprocmask", Why = "no handler may run in a child before exec")]
    public SpawnFailure? Spawn(out SpawnedChild child, Func<int, Errno>? meanwhile = null)
    {
        if (!_hasExec)
        {
            throw new InvalidOperationException("nothing to execute");
        }

        using var arena = new NativeArena();
        var block = (ChildControlBlock*)arena.Allocate(sizeof(ChildControlBlock));
        int prelude = SignalCount;
        int total = prelude + _steps.Count + 2;
        var records = (ChildStepRecord*)arena.Allocate(total * sizeof(ChildStepRecord));
        FillRecords(block, records, (ulong)arena.Allocate(32));
        FillBlock(block, records + prelude, meanwhile == null);

        // SAFETY: block and records stay allocated until the child has exec'd or exited (vfork, or the wait
        // below).
        long pid = ChildThunk.Run(block);
        if (pid == -(long)Errno.ENOSYS)
        {
            // clone cannot clear signal handlers, so the child resets them one by one: the prelude.
            block->UseLegacy = 1;
            block->FirstStep = (ulong)records;
            pid = ChildThunk.Run(block);
        }

        child = default;
        if (pid < 0)
        {
            return new SpawnFailure("create a process", (Errno)(-pid));
        }

        Errno meanwhileError = meanwhile?.Invoke((int)pid) ?? Errno.Success;
        int pidFd = (int)block->PidFd;
        if (meanwhileError != Errno.Success)
        {
            _ = PidFd.SendSignal(pidFd, KillSignal);
        }

        WaitForMemory(block);
        GC.KeepAlive(this);
        SpawnFailure? failure = FailureOf(block, records + prelude, meanwhileError);
        if (failure != null)
        {
            _ = PidFd.Reap(pidFd, true);
            HostFile.Close(pidFd);
            return failure;
        }

        child = new SpawnedChild((int)pid, pidFd);
        return null;
    }

    /// <summary>Frees the native memory.</summary>
    public void Dispose() => _arena.Dispose();

    private static void WaitForMemory(ChildControlBlock* block)
    {
        uint running;
        while ((running = System.Threading.Volatile.Read(ref block->Running)) != 0)
        {
            _ = HostFutex.Wait(&block->Running, running);
        }
    }

    private SpawnFailure? FailureOf(ChildControlBlock* block, ChildStepRecord* first, Errno meanwhileError)
    {
        if (meanwhileError != Errno.Success)
        {
            return new SpawnFailure("prepare the child", meanwhileError);
        }

        if (block->FailedStep == 0)
        {
            return null;
        }

        var failed = (ChildStepRecord*)block->FailedStep;
        long index = failed - first;
        string what = index < 0 ? "reset signals"
            : index < _steps.Count ? _steps[(int)index].What
            : index == _steps.Count ? "unblock signals" : _exec.What;
        return new SpawnFailure(what, (Errno)(-failed->Result));
    }

    private void SetExec(
        string what, ulong fd, string path, IReadOnlyList<string> arguments,
            IReadOnlyList<string> environment,
        ulong flags)
    {
        _exec = new Step(
            what, SyscallNumber.execveat, fd, _arena.Text(path), _arena.TextArray(arguments),
            _arena.TextArray(environment), flags, 0, FailurePolicy.Stop);
        _hasExec = true;
    }

    private void FillRecords(ChildControlBlock* block, ChildStepRecord* records, ulong defaultAction)
    {
        // defaultAction: a zeroed struct sigaction, which is SIG_DFL.
        for (int signal = 1; signal <= SignalCount; signal++)
        {
            Fill(records++, new Step(
                "reset signals", SyscallNumber.rt_sigaction, (ulong)signal, defaultAction, 0, 8, 0, 0,
                FailurePolicy.Ignore));
        }

        ChildStepRecord* first = records;
        foreach (Step step in _steps)
        {
            Fill(records++, step);
        }

        Fill(records++, new Step(
            "unblock signals", SyscallNumber.rt_sigprocmask, SetMask, (ulong)&block->EmptyMask, 0, 8, 0, 0,
            FailurePolicy.Stop));
        Fill(records, _exec);
        foreach (Store store in _stores)
        {
            ref ChildStepRecord from = ref first[store.From];
            int slot = 0;
            while (from.Stores[slot] != 0)
            {
                slot++;
            }

            from.Stores[slot] = (ulong)&first[store.To].Arguments + (8 * (ulong)store.Argument);
        }
    }

    private void FillBlock(ChildControlBlock* block, ChildStepRecord* first, bool vfork)
    {
        CloneFlags flags = Flags | CloneFlags.Vm | CloneFlags.PidFd | CloneFlags.ClearChildTid;
        flags |= vfork ? CloneFlags.Vfork : CloneFlags.None;
        block->CloneArguments = (ulong)&block->Clone;
        block->CloneSize = (ulong)sizeof(CloneArguments);
        block->FirstStep = (ulong)first;
        block->FullMask = ulong.MaxValue;
        block->LegacyFlags = (ulong)(flags & ~CloneFlags.IntoCgroup);
        block->PidFdPointer = (ulong)&block->PidFd;
        block->TidPointer = (ulong)&block->Running;
        block->Running = 1;
        block->Clone.Flags = (ulong)(flags | CloneFlags.ClearSignalHandlers);
        block->Clone.PidFd = (ulong)&block->PidFd;
        block->Clone.ChildTid = (ulong)&block->Running;
        block->Clone.Cgroup = CgroupFd >= 0 ? (ulong)CgroupFd : 0;
    }

    private static void Fill(ChildStepRecord* record, Step step)
    {
        record->Number = (ulong)step.Number;
        record->Arguments[0] = step.A0;
        record->Arguments[1] = step.A1;
        record->Arguments[2] = step.A2;
        record->Arguments[3] = step.A3;
        record->Arguments[4] = step.A4;
        record->Arguments[5] = step.A5;
        record->Policy = step.Policy.Code;
    }

    private readonly record struct Store(int From, int To, int Argument);

    private readonly record struct Step(
        string What, SyscallNumber Number, ulong A0, ulong A1, ulong A2, ulong A3, ulong A4, ulong A5,
        FailurePolicy Policy);
}

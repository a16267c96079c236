// SPDX-License-Identifier: Apache-2.0
using System.Buffers;
using System.Collections.Generic;
using Moat.Abi;
using Moat.Abi.Resources;
using Moat.Abi.Signals;
using Moat.Kernel.Signals;
using Moat.Kernel.Tasks;
using Moat.Memory;

namespace Moat.Kernel.Dumping;

/// <summary>
/// A process that a signal ends writes its core file (core(5)): one task dumps, the others say what they were
/// doing and wait for the end.
/// </summary>
/// <remarks>
/// Guarded by the task tree's lock. Invariants: whoever begins one ends the process afterwards; no task of it
/// goes back to guest code.
/// </remarks>
internal sealed class CoreDump
{
    /// <summary>wait4's bit for a core file.</summary>
    private const int CoreBit = 0x80;

    // Threads that do not answer are left out.
    private const long PatienceNs = 1_000_000_000;

    private readonly Task _dumper;
    private readonly SigInfo _cause;
    private readonly List<(byte[] Status, byte[] Vectors)> _threads = [];

    private CoreDump(Task dumper, in SigInfo cause) => (_dumper, _cause) = (dumper, cause);

    /// <summary>
    /// The status of a process that a signal ends: with the bit for a core file if one was written.
    /// </summary>
    internal static int StatusAfter(Task task, in SigInfo info)
    {
        ThreadGroup group = task.Group;
        bool wants = SignalDefaults.DumpsCore(info.Number) && group.IsDumpable
            && group.Limits.Soft(Resource.Core) >= 4096;
        if (!wants || !task.Kernel.Cores.TryBegin())
        {
            return info.Number;
        }

        try
        {
            return Run(task, in info) ? info.Number | CoreBit : info.Number;
        }
        finally
        {
            task.Kernel.Cores.End();
        }
    }

    /// <summary>A task of a process that is dumped: says what it was doing and waits for the end.</summary>
    internal static void Join(Task task)
    {
        ThreadGroup group = task.Group;
        if (group.Dump is not { } dump || dump._dumper == task)
        {
            return;
        }

        (byte[], byte[]) notes = CoreNotes.OfThread(task, dump._cause.Number);
        using (group.Kernel.Tree.Lock.Enter())
        {
            dump._threads.Add(notes);
        }

        dump._dumper.WakeUp();
        while (!group.IsExiting)
        {
            task.BlockUninterruptibly();
        }
    }

    private static bool Run(Task task, in SigInfo info)
    {
        byte[] path = CoreName.For(task, info.Number);
        if (path.Length == 0)
        {
            return false;
        }

        ThreadGroup group = task.Group;
        var dump = new CoreDump(task, in info);
        Task[] tasks;
        using (group.Kernel.Tree.Lock.Enter())
        {
            if (group.IsExiting || group.Dump is not null || group.ExecSurvivor is not null)
            {
                return false;
            }

            group.Dump = dump;
            tasks = [.. group.Tasks];
        }

        foreach (Task other in tasks)
        {
            if (other != task)
            {
                other.Interrupt();
            }
        }

        dump.AwaitOthers();
        return dump.Write(path);
    }

    private void AwaitOthers()
    {
        ThreadGroup group = _dumper.Group;
        Deadline deadline = Deadline.After(PatienceNs);
        while (!deadline.HasPassed && !group.IsExiting)
        {
            using (group.Kernel.Tree.Lock.Enter())
            {
                int awaited = 0;
                foreach (Task task in group.Tasks)
                {
                    awaited += task.HasLeft || task.Trace is not null ? 0 : 1;
                }

                if (_threads.Count + 1 >= awaited)
                {
                    return;
                }
            }

            _dumper.BlockUninterruptibly(deadline.MonotonicNs);
        }
    }

    private bool Write(byte[] path)
    {
        List<DumpRange> ranges = DumpPlan.Make(_dumper.AddressSpace, _dumper.Group.DumpFilter);
        if (!CoreFile.Open(_dumper, path).TryGet(out CoreFile? file, out Errno _))
        {
            return false;
        }

        using (file)
        {
            long[] sizes = file.Measure(ranges);
            if (file.WriteHead(ranges, sizes, Notes(ranges)))
            {
                file.WriteMemory(ranges, sizes);
            }

            // Linux counts it as dumped though not even the notes may have fit RLIMIT_CORE.
            return true;
        }
    }

    // They may be megabytes, and go once they are in the file: its memory may take long.
    private byte[] Notes(List<DumpRange> ranges)
    {
        var notes = new ArrayBufferWriter<byte>(16 * 1024);
        (byte[] status, byte[] vectors) = CoreNotes.OfThread(_dumper, _cause.Number);
        notes.Write(status);
        notes.Write(CoreNotes.OfProcess(_dumper, in _cause, ranges));
        notes.Write(vectors);
        using (_dumper.Kernel.Tree.Lock.Enter())
        {
            foreach ((byte[] otherStatus, byte[] otherVectors) in _threads)
            {
                notes.Write(otherStatus);
                notes.Write(otherVectors);
            }

            _threads.Clear();
        }

        return notes.WrittenSpan.ToArray();
    }
}

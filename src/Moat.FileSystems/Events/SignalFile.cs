// SPDX-License-Identifier: Apache-2.0
using System;
using System.Buffers.Binary;
using System.Threading;
using Moat.Abi;
using Moat.Abi.Signals;
using Moat.Base;
using Moat.Kernel.Signals;
using Moat.Kernel.Tasks;
using Moat.Vfs;

namespace Moat.FileSystems.Events;

/// <summary>A signalfd (signalfd(2)): reading takes pending signals of the reader.</summary>
/// <remarks>
/// Locks: none of its own. Readiness is announced on the queue of the process that made it.
/// </remarks>
public sealed class SignalFile : OpenFile
{
    private const int RecordSize = 128;

    private readonly InodeAttributes _attributes;
    private ulong _mask;

    /// <summary>A file for a set of signals.</summary>
    public SignalFile(Task task, ulong mask, bool nonBlocking)
        : base(OpenFlags.ReadWrite | (nonBlocking ? OpenFlags.NonBlock : 0))
    {
        _mask = mask;
        WaitQueue = task.Group.SignalEvents;
        _attributes = AnonymousInodes.Describe(
            AnonymousInodes.AnonymousDevice, AnonymousInodes.Next(), 0x180, task.Credentials);
    }

    /// <summary>The set, bit n-1 for signal n.</summary>
    public ulong Mask
    {
        get => Volatile.Read(ref _mask);
        set
        {
            Volatile.Write(ref _mask, value);
            WaitQueue.Wake(PollEvents.In | PollEvents.ReadNormal);
        }
    }

    /// <inheritdoc/>
    public override string AnonymousName => "anon_inode:[signalfd]";

    /// <inheritdoc/>
    public override WaitQueue WaitQueue { get; }

    /// <inheritdoc/>
    public override Result<InodeAttributes> GetAttributes() => _attributes;

    /// <inheritdoc/>
    public override Result<long> Seek(Caller caller, long offset, int whence) => 0L;

    /// <inheritdoc/>
    public override PollEvents Poll(Caller caller)
    {
        var task = (Task)caller;
        using (task.Group.SignalLock.Enter())
        {
            ulong pending = task.Pending.Mask | task.Group.Pending.Mask;
            return (pending & Mask) != 0 ? PollEvents.In | PollEvents.ReadNormal : PollEvents.None;
        }
    }

    /// <inheritdoc/>
    public override Result<int> Read(Caller caller, Span<byte> buffer)
    {
        if (buffer.Length < RecordSize)
        {
            return Errno.EINVAL;
        }

        int done = 0;
        while (buffer.Length - done >= RecordSize
            && SignalMasks.TryTake((Task)caller, Mask, out SigInfo info))
        {
            Format(info, buffer.Slice(done, RecordSize));
            done += RecordSize;
        }

        return done > 0 ? done : Errno.EAGAIN;
    }

    /// <summary>Whole records count; the signals of the others are lost.</summary>
    public override int GiveBack(Caller caller, ReadOnlySpan<byte> bytes, int delivered) =>
        delivered - (delivered % RecordSize);

    /// <inheritdoc/>
    protected override void Destroy()
    {
    }

    // struct signalfd_siginfo; which fields count depends on the signal and its code, as in
    // signalfd_copyinfo.
    private static void Format(in SigInfo info, Span<byte> record)
    {
        record.Clear();
        BinaryPrimitives.WriteInt32LittleEndian(record, info.Number);
        BinaryPrimitives.WriteInt32LittleEndian(record[4..], info.Error);
        BinaryPrimitives.WriteInt32LittleEndian(record[8..], info.Code);
        if (info.Code == SigInfo.SI_TIMER)
        {
            BinaryPrimitives.WriteInt32LittleEndian(record[24..], info.TimerId);
            BinaryPrimitives.WriteInt32LittleEndian(record[32..], info.Overrun);
            WriteValue(info.Value, record);
            return;
        }

        bool isFault = info.Code > 0 && info.Number is (int)Signal.SIGSEGV or (int)Signal.SIGBUS
            or (int)Signal.SIGILL or (int)Signal.SIGFPE or (int)Signal.SIGTRAP;
        if (isFault)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(record[72..], info.Address);
            return;
        }

        BinaryPrimitives.WriteInt32LittleEndian(record[12..], info.Pid);
        BinaryPrimitives.WriteUInt32LittleEndian(record[16..], info.Uid);
        if (info.Number == (int)Signal.SIGCHLD && info.Code > 0)
        {
            BinaryPrimitives.WriteInt32LittleEndian(record[40..], info.Status);
            BinaryPrimitives.WriteInt64LittleEndian(record[56..], info.UserTime);
            BinaryPrimitives.WriteInt64LittleEndian(record[64..], info.SystemTime);
        }
        else if (info.Code < 0 && info.Code != SigInfo.SI_TKILL)
        {
            WriteValue(info.Value, record);
        }
    }

    private static void WriteValue(ulong value, Span<byte> record)
    {
        BinaryPrimitives.WriteInt32LittleEndian(record[44..], (int)value);
        BinaryPrimitives.WriteUInt64LittleEndian(record[48..], value);
    }
}

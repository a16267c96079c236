// SPDX-License-Identifier: Apache-2.0
using System;
using System.Threading;
using Moat.Abi;
using Moat.Abi.Signals;
using Moat.Abi.Tty;
using Moat.Base;
using Moat.FileSystems.Dev;
using Moat.Kernel;
using Moat.Kernel.Tasks;
using Moat.Vfs;

namespace Moat.FileSystems.DevPts;

/// <summary>A pseudo-terminal: what master and slave share (pty(7)).</summary>
/// <remarks>
/// Locks: its own, of rank Object, for modes, buffers and counts; signals are sent and waiters woken after it
/// is left. Invariants: the master is open from birth until it is closed for good; the pair's number is free
/// again then.
/// </remarks>
internal sealed class PseudoTerminal : IControllingTerminal, ITerminalDevice
{
    private const int OutputCapacity = 16384;
    private const uint SlaveMajor = 136;

    private readonly RankedLock _lock = new(LockRank.Object);
    private readonly ByteRing _toMaster = new(OutputCapacity);
    private readonly LineOutput _output;
    private readonly LineInput _input;
    private readonly TerminalSignals _signals;
    private readonly PtsNode _node;
    private readonly PacketMode _packets = new();
    private Termios2 _settings;
    private WindowSize _size;
    private int _foreground;
    private int _slaves;
    private bool _slaveWasOpen;
    private volatile bool _masterClosed;

    internal PseudoTerminal(LinuxKernel kernel, int number, PtsNode node)
    {
        _signals = new TerminalSignals(kernel, this);
        _node = node;
        Number = number;
        _output = new LineOutput(_toMaster);
        _input = new LineInput(_output);
        _settings.Modes = TerminalModes.Default();
        TerminalSpeeds.Complete(ref _settings);
    }

    /// <summary>N of /dev/pts/N.</summary>
    internal int Number { get; }

    /// <summary>TIOCSPTLCK: the slave cannot be opened yet.</summary>
    internal bool IsLocked { get; set; } = true;

    /// <summary>The master is gone: reads of the slave end, writes fail.</summary>
    internal bool IsHungUp => _masterClosed;

    /// <summary>TIOCEXCL of the slave: only who has CAP_SYS_ADMIN may open it once more.</summary>
    internal bool IsSlaveExclusive { get; set; }

    /// <summary>TIOCEXCL of the master: for show, each open of /dev/ptmx makes another.</summary>
    internal bool IsMasterExclusive { get; set; }

    /// <summary>Where slaves wait.</summary>
    internal WaitQueue SlaveQueue { get; } = new();

    /// <summary>Where masters wait.</summary>
    internal WaitQueue MasterQueue { get; } = new();

    /// <inheritdoc/>
    public int ForegroundGroup
    {
        get => Volatile.Read(ref _foreground);
        set => Volatile.Write(ref _foreground, value);
    }

    /// <inheritdoc/>
    public uint DeviceNumber => (SlaveMajor << 8) | ((uint)Number & 0xff) | (((uint)Number & 0xfff00) << 12);

    /// <inheritdoc/>
    public Result<OpenFile> OpenTerminal(Caller caller, OpenFlags flags) =>
        _node.OpenSlave(caller, null, flags);

    /// <inheritdoc/>
    public void OnSessionEnd() => _signals.EndSession();

    /// <summary>A slave was opened.</summary>
    internal void AddSlave()
    {
        using (_lock.Enter())
        {
            _slaves++;
            _slaveWasOpen = true;
        }
    }

    /// <summary>A slave was closed.</summary>
    internal void RemoveSlave()
    {
        using (_lock.Enter())
        {
            _slaves--;
        }

        MasterQueue.Wake(PollEvents.All);
    }

    /// <summary>The master was closed: hang up.</summary>
    internal void CloseMaster()
    {
        _masterClosed = true;
        _signals.HangUp();
        SlaveQueue.Wake(PollEvents.All);
    }

    /// <summary>Bytes typed at the master go through the line discipline.</summary>
    internal Result<int> WriteMaster(ReadOnlySpan<byte> bytes)
    {
        int done = 0;
        uint signals = 0;
        using (_lock.Enter())
        {
            ref readonly Termios modes = ref _settings.Modes;
            bool canonical = (modes.LocalFlags & TerminalModes.ICanon) != 0;
            bool wasStopped = _output.IsStopped;
            while (done < bytes.Length && (canonical || _input.Free > 0))
            {
                signals |= 1u << (int)_input.Receive(modes, bytes[done++]);
            }

            if (_output.IsStopped != wasStopped)
            {
                _packets.NoteStop(!wasStopped);
            }

            if ((signals & ~1u) != 0 && (modes.LocalFlags & TerminalModes.NoFlsh) == 0)
            {
                _packets.NoteFlush(PacketMode.FlushRead | PacketMode.FlushWrite);
            }
        }

        _signals.Send(signals & ~1u);
        SlaveQueue.Wake(PollEvents.In | PollEvents.ReadNormal | PollEvents.Out | PollEvents.WriteNormal);
        MasterQueue.Wake(PollEvents.In | PollEvents.ReadNormal);
        return done == 0 && !bytes.IsEmpty ? Errno.EAGAIN : done;
    }

    /// <summary>What the slave wrote and was echoed; EIO when all slaves are closed.</summary>
    internal Result<int> ReadMaster(Span<byte> buffer)
    {
        int count;
        using (_lock.Enter())
        {
            if (_packets.Status != 0 && !buffer.IsEmpty)
            {
                buffer[0] = _packets.Take();
                return 1;
            }

            if (_toMaster.Count == 0)
            {
                return _slaves == 0 && _slaveWasOpen ? Errno.EIO : Errno.EAGAIN;
            }

            int prefix = _packets.IsOn && !buffer.IsEmpty ? 1 : 0;
            buffer[..prefix].Clear();
            count = prefix + _toMaster.Take(buffer[prefix..]);
        }

        SlaveQueue.Wake(PollEvents.Out | PollEvents.WriteNormal);
        return count;
    }

    /// <summary>Bytes a program writes.</summary>
    internal Result<int> WriteSlave(ReadOnlySpan<byte> bytes)
    {
        if (_masterClosed)
        {
            return Errno.EIO;
        }

        int done = 0;
        using (_lock.Enter())
        {
            while (done < bytes.Length && _output.TryWrite(_settings.Modes, bytes[done]))
            {
                done++;
            }
        }

        MasterQueue.Wake(PollEvents.In | PollEvents.ReadNormal);
        return done == 0 && !bytes.IsEmpty ? Errno.EAGAIN : done;
    }

    /// <summary>What a program reads: a line, or raw bytes as VMIN says.</summary>
    internal Result<int> ReadSlave(Span<byte> buffer)
    {
        int count;
        using (_lock.Enter())
        {
            ref readonly Termios modes = ref _settings.Modes;
            if (!HasInputLocked(1))
            {
                bool polls = (modes.LocalFlags & TerminalModes.ICanon) == 0
                    && modes.Characters[TerminalModes.VMin] == 0
                    && modes.Characters[TerminalModes.VTime] == 0;
                return _masterClosed || polls || buffer.IsEmpty ? 0 : Errno.EAGAIN;
            }

            count = _input.Read(modes, buffer);
        }

        MasterQueue.Wake(PollEvents.Out | PollEvents.WriteNormal);
        return count;
    }

    internal PollEvents PollSlave()
    {
        if (_masterClosed)
        {
            return PollEvents.In | PollEvents.ReadNormal | PollEvents.Out | PollEvents.WriteNormal
                | PollEvents.Error | PollEvents.HangUp;
        }

        using (_lock.Enter())
        {
            // What a read would take at once, unless it waits for more (input_available_p).
            ref readonly Termios modes = ref _settings.Modes;
            int enough = modes.Characters[TerminalModes.VTime] > 0
                ? 1 : Math.Max((int)modes.Characters[TerminalModes.VMin], 1);
            PollEvents events = HasInputLocked(enough)
                ? PollEvents.In | PollEvents.ReadNormal : PollEvents.None;
            return _output.HasRoom ? events | PollEvents.Out | PollEvents.WriteNormal : events;
        }
    }

    internal PollEvents PollMaster()
    {
        using (_lock.Enter())
        {
            PollEvents events = _toMaster.Count > 0 ? PollEvents.In | PollEvents.ReadNormal : PollEvents.None;
            events |= _packets.Status != 0
                ? PollEvents.Priority | PollEvents.In | PollEvents.ReadNormal : PollEvents.None;
            events |= _slaves == 0 && _slaveWasOpen ? PollEvents.HangUp : 0;
            return _input.Free > 0 ? events | PollEvents.Out | PollEvents.WriteNormal : events;
        }
    }

    /// <summary>Bytes that the slave, or the master, could read (FIONREAD).</summary>
    internal int Readable(bool master)
    {
        using (_lock.Enter())
        {
            return master ? _toMaster.Count : HasInputLocked(1) ? _input.Available : 0;
        }
    }

    /// <summary>TCFLSH: 0 input, 1 output, 2 both.</summary>
    internal void Flush(ulong queues)
    {
        using (_lock.Enter())
        {
            if (queues != 1)
            {
                _input.Flush();
                _packets.NoteFlush(PacketMode.FlushRead);
            }

            if (queues != 0)
            {
                _toMaster.Clear();
                _packets.NoteFlush(PacketMode.FlushWrite);
            }
        }

        MasterQueue.Wake(PollEvents.Priority | PollEvents.In | PollEvents.ReadNormal);
        SlaveQueue.Wake(PollEvents.Out | PollEvents.WriteNormal);
    }

    internal WindowSize Size
    {
        get
        {
            using (_lock.Enter())
            {
                return _size;
            }
        }
    }

    internal Termios Modes => Settings.Modes;

    internal Termios LockedModes { get; set; }

    internal Termios2 Settings
    {
        get
        {
            using (_lock.Enter())
            {
                return _settings;
            }
        }
    }

    /// <summary>TIOCPKT.</summary>
    internal bool IsPacketMode
    {
        get => _packets.IsOn;
        set
        {
            using (_lock.Enter())
            {
                _packets.IsOn = value;
            }
        }
    }

    /// <summary>TCSETS and its kin. A pty always has 8 bits and no parity.</summary>
    internal void SetModes(in Termios2 settings, bool flushInput)
    {
        using (_lock.Enter())
        {
            ref readonly Termios modes = ref settings.Modes;
            bool before = (_settings.Modes.LocalFlags & TerminalModes.ICanon) != 0;
            bool after = (modes.LocalFlags & TerminalModes.ICanon) != 0;
            _packets.NoteModes(_settings.Modes, modes);
            _settings = settings;
            _settings.Modes.ControlFlags &= ~TerminalModes.ParEnb;
            _settings.Modes.ControlFlags |= TerminalModes.Cs8 | TerminalModes.CRead;
            if (flushInput)
            {
                _input.Flush();
                _packets.NoteFlush(PacketMode.FlushRead);
            }
            else if (before != after)
            {
                _input.OnModeChange(after);
            }

            _output.IsStopped &= (modes.InputFlags & TerminalModes.IXon) != 0;
        }

        MasterQueue.Wake(PollEvents.Priority | PollEvents.In | PollEvents.ReadNormal);
        SlaveQueue.Wake(PollEvents.All & ~(PollEvents.Error | PollEvents.HangUp));
    }

    /// <summary>TIOCSWINSZ: the foreground group hears of a change.</summary>
    internal void SetSize(WindowSize size)
    {
        bool changed;
        using (_lock.Enter())
        {
            changed = _size != size;
            _size = size;
        }

        _signals.Send(changed ? 1u << (int)Signal.SIGWINCH : 0);
    }

    /// <summary>TCXONC: stops or starts output.</summary>
    internal void SetStopped(bool stopped)
    {
        using (_lock.Enter())
        {
            if (_output.IsStopped != stopped)
            {
                _output.IsStopped = stopped;
                _packets.NoteStop(stopped);
            }
        }

        SlaveQueue.Wake(PollEvents.Out | PollEvents.WriteNormal);
        MasterQueue.Wake(PollEvents.Priority | PollEvents.In | PollEvents.ReadNormal);
    }

    /// <summary>TCXONC: tells the other side to stop, or to go on.</summary>
    internal void SendStop(bool stop)
    {
        using (_lock.Enter())
        {
            byte character = _settings.Modes.Characters[stop ? TerminalModes.VStop : TerminalModes.VStart];
            _ = character == 0 || _toMaster.TryAdd(character);
        }

        MasterQueue.Wake(PollEvents.In | PollEvents.ReadNormal);
    }

    private bool HasInputLocked(int bytes) => (_settings.Modes.LocalFlags & TerminalModes.ICanon) != 0
        ? _input.HasLine : _input.Available >= bytes;
}

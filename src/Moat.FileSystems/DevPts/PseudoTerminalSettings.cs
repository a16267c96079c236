// SPDX-License-Identifier: Apache-2.0
using Moat.Abi.Signals;
using Moat.Abi.Tty;
using Moat.Vfs;

namespace Moat.FileSystems.DevPts;

// What ioctl(2) sets and reads: modes, size, packet mode, flow control, exclusive use.
internal sealed partial class PseudoTerminal
{
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
        get
        {
            using (_lock.Enter())
            {
                return _packets.IsOn;
            }
        }

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

        if (changed)
        {
            JobControl.SignalForeground(_kernel, ForegroundGroup, Signal.SIGWINCH);
        }
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

    /// <summary>TIOCEXCL and TIOCNXCL, of either side.</summary>
    internal void SetExclusive(bool master, bool value)
    {
        _isMasterExclusive = master ? value : _isMasterExclusive;
        _isSlaveExclusive = master ? _isSlaveExclusive : value;
    }

    /// <summary>TIOCGEXCL: of the slave, only who has CAP_SYS_ADMIN may open it once more.</summary>
    internal bool IsExclusive(bool master) => master ? _isMasterExclusive : _isSlaveExclusive;
}

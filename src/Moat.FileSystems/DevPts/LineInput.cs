// SPDX-License-Identifier: Apache-2.0
using System;
using System.Collections.Generic;
using Moat.Abi.Signals;
using Moat.Abi.Tty;

namespace Moat.FileSystems.DevPts;

/// <summary>
/// The input half of the line discipline (n_tty): editing, echo, signals, lines or raw bytes to be read.
/// </summary>
/// <remarks>Locks: its terminal's. Invariants: at most <see cref="Capacity"/> bytes are held.</remarks>
internal sealed class LineInput(LineOutput output)
{
    /// <summary>N_TTY_BUF_SIZE.</summary>
    internal const int Capacity = 4096;

    private const ushort LineEnd = 0x100;
    private const ushort EndOfFile = 0x200;

    private readonly Queue<ushort> _ready = new();
    private readonly List<byte> _line = [];
    private int _lines;
    private bool _literal;

    /// <summary>Bytes that a read could get now.</summary>
    internal int Available => _ready.Count;

    /// <summary>Room for input that is not edited.</summary>
    internal int Free => Capacity - _ready.Count - _line.Count;

    /// <summary>True when a canonical read gets something: a line, or the end of file.</summary>
    internal bool HasLine => _lines > 0;

    /// <summary>Takes a typed byte in.</summary>
    /// <returns>The signal that it means, or 0.</returns>
    internal Signal Receive(in Termios modes, byte value)
    {
        uint input = modes.InputFlags;
        uint local = modes.LocalFlags;
        value = (input & TerminalModes.IStrip) != 0 ? (byte)(value & 0x7f) : value;
        if (_literal)
        {
            _literal = false;
            Append(modes, value, isLiteral: true);
            return 0;
        }

        if ((input & TerminalModes.IXon) != 0 && FlowControl(modes, value))
        {
            return 0;
        }

        if ((local & TerminalModes.ISig) != 0 && SignalOf(modes, value) is var signal && signal != 0)
        {
            OnSignal(modes, value);
            return signal;
        }

        if (value == (byte)'\r')
        {
            if ((input & TerminalModes.IgnCr) != 0)
            {
                return 0;
            }

            value = (input & TerminalModes.ICrNl) != 0 ? (byte)'\n' : value;
        }
        else if (value == (byte)'\n' && (input & TerminalModes.InlCr) != 0)
        {
            value = (byte)'\r';
        }

        if ((local & TerminalModes.ICanon) == 0)
        {
            EchoCharacter(modes, value);
            if (_ready.Count < Capacity)
            {
                _ready.Enqueue(value);
            }
        }
        else if (!Edit(modes, value))
        {
            Append(modes, value, isLiteral: false);
        }

        return 0;
    }

    /// <summary>Gives a program what it may read now: one line, or raw bytes.</summary>
    internal int Read(in Termios modes, Span<byte> buffer)
    {
        bool canonical = (modes.LocalFlags & TerminalModes.ICanon) != 0;
        int done = 0;
        while (done < buffer.Length && _ready.TryPeek(out ushort item))
        {
            _ready.Dequeue();
            _lines -= (item & LineEnd) != 0 ? 1 : 0;
            if ((item & EndOfFile) == 0)
            {
                buffer[done++] = (byte)item;
            }

            if (canonical && (item & LineEnd) != 0)
            {
                break;
            }
        }

        // An end of file right behind a full buffer belongs to this line.
        if (canonical && done == buffer.Length && _ready.TryPeek(out ushort next) && (next & EndOfFile) != 0
            && done > 0)
        {
            _ready.Dequeue();
            _lines--;
        }

        return done;
    }

    /// <summary>Forgets all input.</summary>
    internal void Flush()
    {
        _ready.Clear();
        _line.Clear();
        _lines = 0;
    }

    /// <summary>The modes changed between lines and raw: what is being edited becomes readable.</summary>
    internal void OnModeChange(bool canonical)
    {
        foreach (byte value in _line)
        {
            _ready.Enqueue(value);
        }

        _line.Clear();
        if (!canonical)
        {
            return;
        }

        // What came raw counts as one line.
        if (_ready.Count > 0 && _lines == 0)
        {
            ushort[] items = _ready.ToArray();
            _ready.Clear();
            items[^1] |= LineEnd;
            foreach (ushort item in items)
            {
                _ready.Enqueue(item);
            }

            _lines = 1;
        }
    }

    private static Signal SignalOf(in Termios modes, byte value)
    {
        if (value == 0)
        {
            return 0;
        }

        return value == modes.Characters[TerminalModes.VIntr] ? Signal.SIGINT
            : value == modes.Characters[TerminalModes.VQuit] ? Signal.SIGQUIT
            : value == modes.Characters[TerminalModes.VSusp] ? Signal.SIGTSTP : 0;
    }

    private void OnSignal(in Termios modes, byte value)
    {
        output.IsStopped = false;
        if ((modes.LocalFlags & TerminalModes.NoFlsh) == 0)
        {
            Flush();
        }

        EchoCharacter(modes, value);
    }

    private bool FlowControl(in Termios modes, byte value)
    {
        if (value == modes.Characters[TerminalModes.VStart])
        {
            output.IsStopped = false;
            return true;
        }

        if (value == modes.Characters[TerminalModes.VStop])
        {
            output.IsStopped = true;
            return true;
        }

        if (output.IsStopped && (modes.InputFlags & TerminalModes.IXany) != 0)
        {
            output.IsStopped = false;
        }

        return false;
    }

    // Carries an editing character out; false when it is an ordinary one.
    private bool Edit(in Termios modes, byte value)
    {
        bool extended = (modes.LocalFlags & TerminalModes.IExten) != 0;
        if (value == 0)
        {
            return false;
        }

        if (value == modes.Characters[TerminalModes.VErase])
        {
            Erase(modes);
        }
        else if (value == modes.Characters[TerminalModes.VKill])
        {
            Kill(modes);
        }
        else if (extended && value == modes.Characters[TerminalModes.VWErase])
        {
            EraseWord(modes);
        }
        else if (extended && value == modes.Characters[TerminalModes.VLNext])
        {
            _literal = true;
            if ((modes.LocalFlags & (TerminalModes.Echo | TerminalModes.EchoCtl))
                == (TerminalModes.Echo | TerminalModes.EchoCtl))
            {
                output.Echo(modes, (byte)'^');
                output.Echo(modes, (byte)'\b');
            }
        }
        else if (extended && value == modes.Characters[TerminalModes.VReprint])
        {
            EchoCharacter(modes, value);
            output.Echo(modes, (byte)'\n');
            foreach (byte typed in _line)
            {
                EchoCharacter(modes, typed);
            }
        }
        else if (value == modes.Characters[TerminalModes.VEof])
        {
            EndLine(EndOfFile | LineEnd);
        }
        else
        {
            return false;
        }

        return true;
    }

    private void Append(in Termios modes, byte value, bool isLiteral)
    {
        if ((modes.LocalFlags & TerminalModes.ICanon) == 0)
        {
            EchoCharacter(modes, value);
            if (_ready.Count < Capacity)
            {
                _ready.Enqueue(value);
            }

            return;
        }

        bool isEnd = !isLiteral && (value == (byte)'\n' || (value != 0
            && (value == modes.Characters[TerminalModes.VEol]
            || value == modes.Characters[TerminalModes.VEol2])));
        if (Free <= (isEnd ? 0 : 1))
        {
            // The last place is kept for the end of the line.
            return;
        }

        if (value == (byte)'\n' && !isLiteral)
        {
            if ((modes.LocalFlags & (TerminalModes.Echo | TerminalModes.EchoNl)) != 0)
            {
                output.Echo(modes, value);
            }
        }
        else
        {
            EchoCharacter(modes, value);
        }

        if (isEnd)
        {
            EndLine((ushort)(value | LineEnd));
        }
        else
        {
            _line.Add(value);
        }
    }

    private void EndLine(ushort last)
    {
        foreach (byte typed in _line)
        {
            _ready.Enqueue(typed);
        }

        _line.Clear();
        _ready.Enqueue(last);
        _lines++;
    }

    private void Erase(in Termios modes)
    {
        if (_line.Count == 0)
        {
            return;
        }

        // A UTF-8 character goes as a whole.
        int last = _line.Count - 1;
        while (last > 0 && (_line[last] & 0xc0) == 0x80)
        {
            last--;
        }

        byte value = _line[last];
        _line.RemoveRange(last, _line.Count - last);
        if ((modes.LocalFlags & TerminalModes.Echo) == 0)
        {
            return;
        }

        if ((modes.LocalFlags & TerminalModes.EchoE) == 0)
        {
            EchoCharacter(modes, modes.Characters[TerminalModes.VErase]);
            return;
        }

        int width = IsControl(value) && (modes.LocalFlags & TerminalModes.EchoCtl) != 0 && value != (byte)'\t'
            ? 2 : 1;
        for (int i = 0; i < width; i++)
        {
            output.Echo(modes, (byte)'\b');
            output.Echo(modes, (byte)' ');
            output.Echo(modes, (byte)'\b');
        }
    }

    private void EraseWord(in Termios modes)
    {
        bool seen = false;
        while (_line.Count > 0)
        {
            byte value = _line[^1];
            bool isWord = char.IsAsciiLetterOrDigit((char)value) || value == (byte)'_' || value >= 0x80;
            if (seen && !isWord)
            {
                break;
            }

            seen |= isWord;
            Erase(modes);
        }
    }

    private void Kill(in Termios modes)
    {
        const uint Visible = TerminalModes.EchoK | TerminalModes.EchoKe | TerminalModes.EchoE;
        if ((modes.LocalFlags & TerminalModes.Echo) != 0 && (modes.LocalFlags & Visible) != Visible)
        {
            _line.Clear();
            EchoCharacter(modes, modes.Characters[TerminalModes.VKill]);
            if ((modes.LocalFlags & TerminalModes.EchoK) != 0)
            {
                output.Echo(modes, (byte)'\n');
            }

            return;
        }

        while (_line.Count > 0)
        {
            Erase(modes);
        }
    }

    private void EchoCharacter(in Termios modes, byte value)
    {
        if ((modes.LocalFlags & TerminalModes.Echo) == 0)
        {
            return;
        }

        bool shown = (modes.LocalFlags & TerminalModes.EchoCtl) != 0 && IsControl(value)
            && value != (byte)'\t' && value != (byte)'\n';
        if (shown)
        {
            output.Echo(modes, (byte)'^');
            output.Echo(modes, (byte)(value ^ 0x40));
        }
        else
        {
            output.Echo(modes, value);
        }
    }

    private static bool IsControl(byte value) => value < 0x20 || value == 0x7f;
}

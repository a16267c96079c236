// SPDX-License-Identifier: Apache-2.0
using Moat.Abi.Tty;

namespace Moat.FileSystems.DevPts;

/// <summary>
/// The output half of the line discipline: newline and tab translation, and the cursor's column for erasing.
/// </summary>
/// <remarks>Locks: its terminal's.</remarks>
internal sealed class LineOutput(ByteRing target)
{
    /// <summary>The most bytes that one byte becomes.</summary>
    private const int Widest = 8;

    private int _column;

    /// <summary>True after VSTOP until VSTART.</summary>
    internal bool IsStopped { get; set; }

    /// <summary>The cursor's column.</summary>
    internal int Column => _column;

    /// <summary>True when any byte finds room.</summary>
    internal bool HasRoom => target.Free >= Widest && !IsStopped;

    /// <summary>
    /// Writes a byte of a program, translated as the modes say; false when there is no room.
    /// </summary>
    internal bool TryWrite(in Termios modes, byte value)
    {
        if (!HasRoom)
        {
            return false;
        }

        Put(modes, value);
        return true;
    }

    /// <summary>Echoes a byte: like a written one, but lost when there is no room.</summary>
    internal void Echo(in Termios modes, byte value)
    {
        if (target.Free >= Widest)
        {
            Put(modes, value);
        }
    }

    private void Put(in Termios modes, byte value)
    {
        uint flags = modes.OutputFlags;
        if ((flags & TerminalModes.OPost) == 0)
        {
            target.TryAdd(value);
            return;
        }

        switch (value)
        {
            case (byte)'\n':
                if ((flags & TerminalModes.ONlCr) != 0)
                {
                    target.TryAdd((byte)'\r');
                    _column = 0;
                }

                _column = (flags & TerminalModes.ONlRet) != 0 ? 0 : _column;
                break;
            case (byte)'\r':
                if ((flags & TerminalModes.ONoCr) != 0 && _column == 0)
                {
                    return;
                }

                if ((flags & TerminalModes.OCrNl) != 0)
                {
                    value = (byte)'\n';
                    break;
                }

                _column = 0;
                break;
            case (byte)'\t':
                int spaces = 8 - (_column & 7);
                _column += spaces;
                if ((flags & TerminalModes.TabDelay) == TerminalModes.TabDelay)
                {
                    for (int i = 0; i < spaces; i++)
                    {
                        target.TryAdd((byte)' ');
                    }

                    return;
                }

                break;
            case (byte)'\b':
                _column = _column > 0 ? _column - 1 : 0;
                break;
            default:
                // Continuation bytes of UTF-8 take no column.
                _column += value >= 0x20 && value != 0x7f && (value & 0xc0) != 0x80 ? 1 : 0;
                break;
        }

        target.TryAdd(value);
    }
}

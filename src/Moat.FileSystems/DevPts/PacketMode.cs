// SPDX-License-Identifier: Apache-2.0
using Moat.Abi.Tty;

namespace Moat.FileSystems.DevPts;

/// <summary>
/// Packet mode (TIOCPKT(2const)): each read of the master begins with a byte, 0 before data, or tells what
/// happened at the slave.
/// </summary>
/// <remarks>Locks: its terminal's.</remarks>
internal sealed class PacketMode
{
    internal const byte FlushRead = 1;
    internal const byte FlushWrite = 2;
    private const byte Stop = 4;
    private const byte Start = 8;
    private const byte NoStop = 16;
    private const byte DoStop = 32;
    private volatile bool _isOn;

    /// <summary>What has happened and was not read yet; 0 outside packet mode.</summary>
    internal byte Status { get; private set; }

    /// <summary>TIOCPKT; turning it on forgets what was before.</summary>
    internal bool IsOn
    {
        get => _isOn;
        set
        {
            Status = value && _isOn ? Status : (byte)0;
            _isOn = value;
        }
    }

    /// <summary>Queues were flushed.</summary>
    internal void NoteFlush(byte what) => Note(what, 0);

    /// <summary>Output was stopped, or goes on.</summary>
    internal void NoteStop(bool isStopped) =>
        Note(isStopped ? Stop : Start, isStopped ? Start : Stop);

    /// <summary>The settings have changed: whether ^S and ^Q act may be new.</summary>
    internal void NoteModes(in Termios before, in Termios after)
    {
        bool acts = HasFlowControl(after);
        if (HasFlowControl(before) != acts)
        {
            Note(acts ? DoStop : NoStop, DoStop | NoStop);
        }
    }

    /// <summary>Takes the status for a read.</summary>
    internal byte Take()
    {
        byte status = Status;
        Status = 0;
        return status;
    }

    private static bool HasFlowControl(in Termios modes) =>
        (modes.InputFlags & TerminalModes.IXon) != 0 && modes.Characters[TerminalModes.VStop] == 0x13
            && modes.Characters[TerminalModes.VStart] == 0x11;

    private void Note(int set, int clear)
    {
        if (_isOn)
        {
            Status = (byte)((Status & ~clear) | set);
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
using System.Numerics;
using Moat.Abi.Signals;
using Moat.Kernel;
using Moat.Kernel.Signals;
using Moat.Kernel.Tasks;

namespace Moat.FileSystems.DevPts;

/// <summary>The signals that a terminal sends: for keys, sizes, hang-ups, the end of its session.</summary>
internal sealed class TerminalSignals(LinuxKernel kernel, IControllingTerminal terminal)
{
    /// <summary>Sends a set of signals, bit n for signal n up to 31, to the foreground group.</summary>
    internal void Send(uint signals)
    {
        while (signals != 0)
        {
            int signal = BitOperations.TrailingZeroCount(signals);
            signals &= signals - 1;
            JobControl.SignalForeground(kernel, terminal.ForegroundGroup, (Signal)signal);
        }
    }

    /// <summary>The session has left the terminal.</summary>
    internal void EndSession()
    {
        int group = terminal.ForegroundGroup;
        terminal.ForegroundGroup = 0;
        HangUp(group);
    }

    /// <summary>The other side is gone: session leader and foreground group hear of it.</summary>
    internal void HangUp()
    {
        int group = terminal.ForegroundGroup;
        if (FindSession(group)?.Leader is { } leader)
        {
            _ = SignalSender.SendToProcess(
                leader, new SigInfo { Number = (int)Signal.SIGHUP, Code = SigInfo.SI_KERNEL });
            _ = SignalSender.SendToProcess(
                leader, new SigInfo { Number = (int)Signal.SIGCONT, Code = SigInfo.SI_KERNEL });
        }

        HangUp(group);
    }

    private void HangUp(int group)
    {
        JobControl.SignalForeground(kernel, group, Signal.SIGHUP);
        JobControl.SignalForeground(kernel, group, Signal.SIGCONT);
    }

    private Session? FindSession(int foreground)
    {
        using (kernel.Tree.Lock.Enter())
        {
            return foreground != 0 && kernel.Tree.TryGetGroupLocked(foreground, out ProcessGroup? group)
                && group.Session.Terminal == terminal ? group.Session : null;
        }
    }
}

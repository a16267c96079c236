// SPDX-License-Identifier: Apache-2.0
using Moat.Abi.Signals;
using Moat.Base;

namespace Moat.Kernel.Signals;

/// <summary>The action of each signal (struct sighand_struct), shared by CLONE_SIGHAND.</summary>
/// <remarks>Locks: its own leaf lock.</remarks>
public sealed class SignalHandlers
{
    private readonly RankedLock _lock = new(LockRank.Leaf);
    private readonly SignalAction[] _actions = new SignalAction[65];

    /// <summary>The action of a signal, 1..64.</summary>
    public SignalAction Get(int signal)
    {
        using (_lock.Enter())
        {
            return _actions[signal];
        }
    }

    /// <summary>Replaces an action and returns the one before.</summary>
    public SignalAction Set(int signal, in SignalAction action)
    {
        using (_lock.Enter())
        {
            SignalAction before = _actions[signal];
            _actions[signal] = action;
            return before;
        }
    }

    /// <summary>A copy: for fork, or (with handlers reset to default, ignored kept) for execve.</summary>
    public SignalHandlers Clone(bool forExec, bool clearHandlers)
    {
        var copy = new SignalHandlers();
        using (_lock.Enter())
        {
            for (int i = 1; i < _actions.Length; i++)
            {
                bool ignored = _actions[i].Handler == SignalAction.SIG_IGN;
                bool handled = !ignored && _actions[i].Handler != SignalAction.SIG_DFL;
                if (forExec)
                {
                    copy._actions[i].Handler = ignored ? SignalAction.SIG_IGN : SignalAction.SIG_DFL;
                }
                else if (!(clearHandlers && handled))
                {
                    copy._actions[i] = _actions[i];
                }
            }
        }

        return copy;
    }
}

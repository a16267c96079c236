// SPDX-License-Identifier: Apache-2.0
using Moat.Abi;
using Moat.Base;
using Moat.Kernel.Tasks;
using Moat.Vfs;

namespace Moat.FileSystems.Dev;

/// <summary>/dev/tty: the terminal of the caller's session (tty(4)).</summary>
public sealed class ControllingTerminalDevice : IDevice
{
    /// <inheritdoc/>
    public Result<OpenFile> Open(Caller caller, Location location, ulong deviceId, OpenFlags flags) =>
        (caller as Task)?.Group.Session.Terminal is ITerminalDevice terminal
            ? terminal.OpenTerminal(caller, flags)
            : Errno.ENXIO;
}

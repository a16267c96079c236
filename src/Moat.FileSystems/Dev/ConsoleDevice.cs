// SPDX-License-Identifier: Apache-2.0
using Moat.Abi;
using Moat.Base;
using Moat.Vfs;

namespace Moat.FileSystems.Dev;

/// <summary>/dev/console: the terminal that the sandbox's caller handed over, if it did.</summary>
public sealed class ConsoleDevice : IDevice
{
    /// <summary>The terminal; set at boot.</summary>
    public ITerminalDevice? Terminal { get; set; }

    /// <inheritdoc/>
    public Result<OpenFile> Open(Caller caller, Location location, ulong deviceId, OpenFlags flags) =>
        Terminal is { } terminal ? terminal.OpenTerminal(caller, flags) : Errno.ENXIO;
}

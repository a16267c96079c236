// SPDX-License-Identifier: Apache-2.0
using Moat.Abi;
using Moat.Base;
using Moat.Vfs;

namespace Moat.FileSystems.Dev;

/// <summary>A terminal that /dev/tty and /dev/console can open.</summary>
public interface ITerminalDevice
{
    /// <summary>A new open file of the terminal.</summary>
    Result<OpenFile> OpenTerminal(Caller caller, OpenFlags flags);
}

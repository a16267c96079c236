// SPDX-License-Identifier: Apache-2.0
using System.Threading;
using Moat.Abi;
using Moat.Base;
using Moat.FileSystems.Dev;
using Moat.Kernel.Tasks;
using Moat.Vfs;

namespace Moat.FileSystems.Stdio;

/// <summary>
/// The caller's terminal as the guest's session sees it: one object behind all streams that are that
/// terminal.
/// </summary>
public sealed class CallerTerminal : IControllingTerminal, ITerminalDevice
{
    /// <summary>The guest's device number of it: /dev/console.</summary>
    public const uint ConsoleDevice = (5 << 8) | 1;

    private int _foreground;
    private HostTerminalFile? _file;

    /// <summary>
    /// The guest's node of it, once /dev is mounted: what fstat and /proc/PID/fd show of its streams.
    /// </summary>
    public Location? Node { get; set; }

    /// <inheritdoc/>
    public int ForegroundGroup
    {
        get => Volatile.Read(ref _foreground);
        set => Volatile.Write(ref _foreground, value);
    }

    /// <inheritdoc/>
    public uint DeviceNumber => ConsoleDevice;

    /// <inheritdoc/>
    public Result<OpenFile> OpenTerminal(Caller caller, OpenFlags flags) =>
        Volatile.Read(ref _file) is { } file ? file.Reopen(caller, flags) : Errno.ENXIO;

    /// <summary>
    /// Remembers the first stream, and keeps it open: /dev/tty works after all streams are closed.
    /// </summary>
    internal void Adopt(HostTerminalFile file)
    {
        if (Interlocked.CompareExchange(ref _file, file, null) is null)
        {
            file.AddReference();
        }
    }

    /// <summary>
    /// A signal that the caller's terminal made (Ctrl-C, a resize): it is for the guest's foreground group.
    /// </summary>
    public void SignalForeground(Kernel.LinuxKernel kernel, Abi.Signals.Signal signal) =>
        DevPts.JobControl.SignalForeground(kernel, ForegroundGroup, signal);

    /// <inheritdoc/>
    public void OnSessionEnd() => ForegroundGroup = 0;
}

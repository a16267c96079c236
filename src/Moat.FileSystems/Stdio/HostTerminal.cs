// SPDX-License-Identifier: Apache-2.0
using System.Threading;
using Moat.Kernel.Tasks;

namespace Moat.FileSystems.Stdio;

/// <summary>The caller's terminal as the guest's session sees it: one object behind all streams that are that terminal.</summary>
public sealed class HostTerminal : IControllingTerminal
{
    /// <summary>The guest's device number of it: /dev/console.</summary>
    public const uint ConsoleDevice = (5 << 8) | 1;

    private int _foreground;

    /// <inheritdoc/>
    public int ForegroundGroup
    {
        get => Volatile.Read(ref _foreground);
        set => Volatile.Write(ref _foreground, value);
    }

    /// <inheritdoc/>
    public uint DeviceNumber => ConsoleDevice;

    /// <inheritdoc/>
    public void OnSessionEnd() => ForegroundGroup = 0;
}

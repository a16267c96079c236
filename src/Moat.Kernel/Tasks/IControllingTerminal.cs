// SPDX-License-Identifier: Apache-2.0
namespace Moat.Kernel.Tasks;

/// <summary>What a session needs of its terminal; terminals live above the kernel.</summary>
public interface IControllingTerminal
{
    /// <summary>The foreground process group's id, or 0.</summary>
    int ForegroundGroup { get; set; }

    /// <summary>tty_nr of /proc/PID/stat.</summary>
    uint DeviceNumber { get; }

    /// <summary>The session leader exited: hang up.</summary>
    void OnSessionEnd();
}

// SPDX-License-Identifier: Apache-2.0
namespace Moat.Host;

/// <summary>When a host call is made.</summary>
public enum HostCallStage
{
    /// <summary>By the launching process, or by the kernel process before it is confined.</summary>
    Starting,

    /// <summary>By the confined kernel process.</summary>
    Running,
}

// SPDX-License-Identifier: Apache-2.0
using System;

namespace Moat.Host;

/// <summary>
/// Names a host system call that a wrapper makes, and why: the filter and docs/host-calls.md come from these.
/// </summary>
[AttributeUsage(AttributeTargets.Method, AllowMultiple = true)]
public sealed class HostCallAttribute : Attribute
{
    /// <summary>A wrapper of the named call.</summary>
    public HostCallAttribute(string name) => Name = name;

    /// <summary>Linux's name of the call.</summary>
    public string Name { get; }

    /// <summary>What Moat needs it for, in a few words.</summary>
    public string Why { get; set; } = "";

    /// <summary>When it is made: only while starting, or also by the confined kernel process.</summary>
    public HostCallStage Stage { get; set; } = HostCallStage.Running;
}

// SPDX-License-Identifier: Apache-2.0
using System;

namespace Moat.Sandbox.Boot;

/// <summary>A step of the boot failed; ends the boot with one line for the caller.</summary>
public sealed class BootException : Exception
{
    /// <summary>An error with the caller's exit status.</summary>
    public BootException(int status, string message)
        : base(message) => Status = status;

    /// <summary>125, 126 or 127.</summary>
    public int Status { get; }
}

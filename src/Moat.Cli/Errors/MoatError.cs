// SPDX-License-Identifier: Apache-2.0
namespace Moat.Cli.Errors;

/// <summary>A failure of Moat itself, as the caller sees it: one line and an exit status.</summary>
/// <param name="Status">125 Moat failed, 126 found but cannot be executed, 127 not found (as docker run uses
/// them).</param>
/// <param name="Message">What failed; why; what to do.</param>
internal sealed record MoatError(int Status, string Message)
{
    internal const int Failed = 125;
    internal const int CannotExecute = 126;
    internal const int NotFound = 127;

    /// <summary>A failure of Moat itself.</summary>
    internal static MoatError Of(string message) => new(Failed, message);
}

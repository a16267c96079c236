// SPDX-License-Identifier: Apache-2.0
namespace Moat.Abi.Tty;

/// <summary>struct winsize (TIOCGWINSZ(2const)).</summary>
/// <param name="Rows">In characters.</param>
/// <param name="Columns">In characters.</param>
/// <param name="PixelsX">Unused by Linux.</param>
/// <param name="PixelsY">Unused by Linux.</param>
public readonly record struct WindowSize(ushort Rows, ushort Columns, ushort PixelsX, ushort PixelsY);

// SPDX-License-Identifier: Apache-2.0
namespace Moat.Vfs;

/// <summary>How a blocking read of a terminal in raw mode waits (VMIN and VTIME of termios(3)).</summary>
/// <param name="Minimum">How many bytes end it; 0 and 1 both mean the first.</param>
/// <param name="FirstNs">How long it waits for the first before it returns 0; 0 for ever.</param>
/// <param name="BetweenNs">How long it waits between bytes before it ends; 0 for ever.</param>
public readonly record struct ReadTiming(int Minimum, long FirstNs, long BetweenNs);

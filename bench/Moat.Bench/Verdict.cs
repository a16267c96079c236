// SPDX-License-Identifier: Apache-2.0
namespace Moat.Bench;

/// <summary>What became of one goal of one row.</summary>
/// <param name="Goal">The goal, in words.</param>
/// <param name="Met">Whether it is met; null when a figure is missing.</param>
/// <param name="Figures">The figures that decide.</param>
internal sealed record Verdict(string Goal, bool? Met, string Figures);

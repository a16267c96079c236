// SPDX-License-Identifier: Apache-2.0
namespace Moat.Cli.Doctor;

/// <summary>One thing that `moat doctor` looked at.</summary>
/// <param name="Good">It is as it must be.</param>
/// <param name="What">What was looked at.</param>
/// <param name="Advice">What is wrong and what to do, when it is not good.</param>
internal readonly record struct Finding(bool Good, string What, string Advice = "");

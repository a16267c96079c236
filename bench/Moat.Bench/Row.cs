// SPDX-License-Identifier: Apache-2.0
namespace Moat.Bench;

/// <summary>One line of the table.</summary>
/// <param name="Name">Its name, as <c>--only</c> takes it.</param>
/// <param name="Unit">The unit of its values.</param>
/// <param name="What">What is measured.</param>
internal sealed record Row(string Name, string Unit, string What);

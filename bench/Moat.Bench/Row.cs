// SPDX-License-Identifier: Apache-2.0
namespace Moat.Bench;

/// <summary>One line of the table.</summary>
/// <param name="Kind">How it is measured.</param>
/// <param name="Name">Its name, as <c>--only</c> takes it.</param>
/// <param name="Unit">The unit of its values, and of its CPU times.</param>
/// <param name="What">What is measured.</param>
internal sealed record Row(RowKind Kind, string Name, string Unit, string What)
{
    /// <summary>Nanoseconds in its unit.</summary>
    public double UnitNs => Unit == "ms" ? 1e6 : 1;
}

// SPDX-License-Identifier: Apache-2.0
namespace Moat.Bench;

/// <summary>An operation of <c>bench/micro</c>.</summary>
/// <param name="Row">Its line in the table.</param>
/// <param name="Operation">What the program calls it.</param>
/// <param name="Place">Where its files are.</param>
internal sealed record MicroRow(Row Row, string Operation, Place Place)
{
    /// <summary>An operation in the scratch directory, or without files.</summary>
    public static MicroRow Of(string name, string what) => In(Place.Scratch, name, name, what);

    /// <summary>An operation in a place.</summary>
    public static MicroRow In(Place place, string name, string operation, string what) =>
        new(new Row(RowKind.Micro, name, "ns", what), operation, place);
}

// SPDX-License-Identifier: Apache-2.0
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Text;

namespace Moat.Analyzers;

/// <summary>A source location that can be compared and does not keep a syntax tree alive.</summary>
internal sealed record LocationInfo(string Path, TextSpan Span, LinePositionSpan Lines)
{
    public static LocationInfo From(Location location)
    {
        FileLinePositionSpan lines = location.GetLineSpan();
        return new LocationInfo(lines.Path ?? string.Empty, location.SourceSpan, lines.Span);
    }

    public Location ToLocation() => Location.Create(Path, Span, Lines);
}

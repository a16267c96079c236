// SPDX-License-Identifier: Apache-2.0
using Microsoft.CodeAnalysis;

namespace Moat.Analyzers;

/// <summary>A diagnostic found while reading a declaration, to be reported when the output is made.</summary>
internal sealed record DiagnosticInfo(string Id, LocationInfo Location, string First, string Second)
{
    public Diagnostic ToDiagnostic() =>
        Diagnostic.Create(Diagnostics.ById(Id), Location.ToLocation(), First, Second);
}

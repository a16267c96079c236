// SPDX-License-Identifier: Apache-2.0
using System;
using System.Collections.Generic;
using System.Globalization;

namespace Moat.Cli.Launching;

/// <summary>Where changes to the root file system are to go, as a command line or annotations say.</summary>
internal sealed record OverlayRequest
{
    private const string Prefix = "dev.moat.overlay";

    /// <summary>"memory", a directory, or null.</summary>
    internal string? Place { get; init; }

    /// <summary>A size with an optional letter, or null.</summary>
    internal string? Size { get; init; }

    internal IReadOnlyList<string> Layers { get; init; } = [];

    /// <summary>"-", a file, or null.</summary>
    internal string? Export { get; init; }

    /// <summary>
    /// What a bundle's annotations ask for: dev.moat.overlay (memory or a directory), dev.moat.overlay.size
    /// and dev.moat.overlay.lower (directories with colons between). Null when there is none.
    /// </summary>
    internal static OverlayRequest? Of(IReadOnlyDictionary<string, string>? annotations)
    {
        string? place = Find(annotations, Prefix);
        string? lower = Find(annotations, Prefix + ".lower");
        string? size = Find(annotations, Prefix + ".size");
        return place is null && lower is null && size is null ? null : new OverlayRequest
        {
            Place = place ?? "memory", Size = size,
            Layers = lower?.Split(':', StringSplitOptions.RemoveEmptyEntries) ?? [],
        };
    }

    /// <summary>Reads a size; false for what is none, or not above 0.</summary>
    internal static bool TryReadSize(string text, out long bytes)
    {
        int shift = text.Length == 0 ? 0 : char.ToUpperInvariant(text[^1]) switch
        {
            'K' => 10, 'M' => 20, 'G' => 30, 'T' => 40, _ => 0,
        };
        ReadOnlySpan<char> digits = shift == 0 ? text : text.AsSpan(0, text.Length - 1);
        CultureInfo culture = CultureInfo.InvariantCulture;
        bool isNumber = long.TryParse(digits, NumberStyles.None, culture, out long number)
            && number > 0 && number <= long.MaxValue >> shift;
        bytes = isNumber ? number << shift : 0;
        return isNumber;
    }

    private static string? Find(IReadOnlyDictionary<string, string>? annotations, string key) =>
        annotations is not null && annotations.TryGetValue(key, out string? value) ? value : null;
}

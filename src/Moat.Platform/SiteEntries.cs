// SPDX-License-Identifier: Apache-2.0
using System;

namespace Moat.Platform;

/// <summary>Gives out entries of the table of trampolines.</summary>
/// <remarks>
/// Sites of <see cref="SiteShape.Zero"/> need an entry whose address has an invalid instruction as its second
/// byte, so that a thread that returns into the middle of the patch faults there: few are such.
/// </remarks>
internal sealed class SiteEntries
{
    private const int PerByte = 256 / 8;
    private int _next;
    private int _nextZero;

    // Invalid in 64-bit mode, one byte long.
    private static ReadOnlySpan<byte> Invalid =>
        [0x06, 0x07, 0x0e, 0x16, 0x17, 0x1e, 0x1f, 0x27, 0x2f, 0x37, 0x3f];

    /// <summary>A free entry, or -1.</summary>
    internal int Take(SiteShape shape)
    {
        if (shape == SiteShape.Zero)
        {
            int window = _nextZero / PerByte;
            return window >= Invalid.Length ? -1 : (Invalid[window] * PerByte) + (_nextZero++ % PerByte);
        }

        while (_next < StubLayout.TableEntries && Invalid.Contains((byte)(_next / PerByte)))
        {
            _next += PerByte;
        }

        return _next < StubLayout.TableEntries ? _next++ : -1;
    }
}

// SPDX-License-Identifier: Apache-2.0
using System;
using System.Threading;

namespace Moat.Vfs.Mounting;

/// <summary>
/// The first column of /proc/mounts, shared by all copies of a mount: any text a guest likes, so that all of
/// them together are bounded.
/// </summary>
public sealed class MountSource
{
    private const long MostOfAll = 16 << 20;
    private const long CollectionPeriodMs = 1000;

    private static long s_characters;
    private static long s_lastCollection;

    private readonly bool _isCounted;

    /// <summary>One that the sandbox itself makes.</summary>
    internal MountSource(string text) => Text = text;

    private MountSource(string text, bool isCounted)
    {
        Text = text;
        _isCounted = isCounted;
    }

    /// <summary>Counts it out: mounts keep it alive, nobody else knows of its end.</summary>
    ~MountSource()
    {
        if (_isCounted)
        {
            Interlocked.Add(ref s_characters, -Text.Length);
        }
    }

    internal string Text { get; }

    /// <summary>One that a guest names; null when there are too many.</summary>
    public static MountSource? TryCreate(string text)
    {
        if (TryCount(text.Length))
        {
            return new MountSource(text, true);
        }

        // Those of mounts that are gone may not have been counted out yet.
        long last = Volatile.Read(ref s_lastCollection);
        long now = Environment.TickCount64;
        if (now - last >= CollectionPeriodMs
            && Interlocked.CompareExchange(ref s_lastCollection, now, last) == last)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        return TryCount(text.Length) ? new MountSource(text, true) : null;
    }

    private static bool TryCount(int characters)
    {
        if (Interlocked.Add(ref s_characters, characters) <= MostOfAll)
        {
            return true;
        }

        Interlocked.Add(ref s_characters, -characters);
        return false;
    }
}

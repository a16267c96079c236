// SPDX-License-Identifier: Apache-2.0
using System;
using System.Collections.Generic;
using System.IO;

namespace Moat.Testing;

/// <summary>The file systems that a guest program's working directory can be on.</summary>
public static class GuestPlace
{
    /// <summary>The throw-away layer over the host's root.</summary>
    public const string Overlay = "overlay";

    /// <summary>The same layer, kept in a directory of the host (<c>--overlay</c>).</summary>
    public const string Layer = "layer";

    /// <summary>A writable directory of the host (<c>--volume</c>).</summary>
    public const string Volume = "volume";

    /// <summary>A tmpfs, on both sides.</summary>
    public const string Tmpfs = "tmpfs";

    /// <summary>The options of <c>moat do</c> that make a place of this directory.</summary>
    public static string[] Options(string place, string directory) => place switch
    {
        Overlay or Tmpfs => [],
        Layer => ["--overlay", LayerOf(directory) + "/box"],
        Volume => ["--volume", $"{directory}:{directory}"],
        _ => throw new ArgumentException($"{place} is no place"),
    };

    /// <summary>The words that run a program in a place; the same on the host and inside.</summary>
    public static IReadOnlyList<string> Words(string place, string directory, IReadOnlyList<string> words)
    {
        if (place != Tmpfs)
        {
            return words;
        }

        const string Script = """
            mkdir -m 755 "$0" && cd "$0" && exec "$@"; exit 99
            """;
        return ["/bin/sh", "-c", Script, OnHost(directory), .. words];
    }

    /// <summary>Makes what a run inside needs beside its working directory.</summary>
    public static void Prepare(string place, string directory, Identity identity)
    {
        if (place == Layer)
        {
            TestArea.MakeFresh(LayerOf(directory), identity);
        }
    }

    /// <summary>Removes what a run has left outside its working directory.</summary>
    public static void Clean(string place, string directory)
    {
        if (place == Tmpfs)
        {
            TestArea.Remove(OnHost(directory));
        }
        else if (place == Layer)
        {
            TestArea.Remove(LayerOf(directory));
        }
    }

    private static string LayerOf(string directory) => directory + ".layer";

    private static string OnHost(string directory) => "/dev/shm/moat-" + Path.GetFileName(directory);
}

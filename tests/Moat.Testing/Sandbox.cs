// SPDX-License-Identifier: Apache-2.0
using System;
using System.Collections.Generic;

namespace Moat.Testing;

/// <summary>Runs commands through <c>moat do</c>, and compares them with the host.</summary>
public static class Sandbox
{
    /// <summary>Whether only the host's side is to run: to write tests with
    /// (<c>MOAT_TEST_HOST_ONLY</c>).</summary>
    public static bool HostOnly => Environment.GetEnvironmentVariable("MOAT_TEST_HOST_ONLY") == "1";

    /// <summary>A command through <c>moat do</c>.</summary>
    public static Command Do(Identity identity, IEnumerable<string> words, string directory, TimeSpan timeout,
        params string[] options) =>
        new(identity, [TestArea.Moat(), "do", .. options, "--", .. words])
        {
            Directory = directory,
            Timeout = timeout,
        };

    /// <summary>
    /// Runs the same words on the host (in a fresh directory) and in the sandbox (in the same directory,
    /// fresh again) and returns
    /// the differences, empty when there are none. The host side runs twice when asked, to prove that the
    /// test is deterministic.
    /// </summary>
    public static string Compare(Identity identity, IReadOnlyList<string> words, TimeSpan timeout, bool twice,
        Func<string, string>? normalise = null, string place = GuestPlace.Overlay)
    {
        string directory = TestArea.NewPath("cwd");
        words = GuestPlace.Words(place, directory, words);
        try
        {
            string expected = OnHost(identity, words, directory, timeout, normalise, place);
            if (expected.EndsWith("--- timed out\n", StringComparison.Ordinal))
            {
                return "the test is wrong, it times out on the host:\n" + expected;
            }
            if (twice)
            {
                string again = OnHost(identity, words, directory, timeout, normalise, place);
                if (again != expected)
                {
                    return "the test is wrong, it differs on the host itself:\n"
                        + UnifiedDiff.Of(expected, again, "host", "host again");
                }
            }
            if (HostOnly)
            {
                return Environment.GetEnvironmentVariable("MOAT_TEST_SHOW") == "1" ? expected : "";
            }
            TestArea.MakeFresh(directory, identity);
            GuestPlace.Prepare(place, directory, identity);
            string actual = Do(identity, words, directory, timeout, GuestPlace.Options(place, directory))
                .Run().Transcript();
            actual = normalise == null ? actual : normalise(actual);
            return UnifiedDiff.Of(expected, actual, "host", "sandbox");
        }
        finally
        {
            GuestPlace.Clean(place, directory);
            TestArea.Remove(directory);
        }
    }

    private static string OnHost(Identity identity, IReadOnlyList<string> words, string directory,
        TimeSpan timeout, Func<string, string>? normalise, string place)
    {
        TestArea.MakeFresh(directory, identity);
        string text = new Command(identity, words) { Directory = directory,
            Timeout = timeout }.Run().Transcript();
        GuestPlace.Clean(place, directory);
        return normalise == null ? text : normalise(text);
    }
}

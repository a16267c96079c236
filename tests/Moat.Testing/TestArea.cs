// SPDX-License-Identifier: Apache-2.0
using System;
using System.IO;
using System.Threading;

namespace Moat.Testing;

/// <summary>
/// A world-readable directory under /var/tmp for one test run: programs, the sandbox's binary and working
/// directories.
/// The sandbox sees the host's root but has a /tmp of its own, so nothing that it must find lies in /tmp.
/// </summary>
/// <remarks>Locks: s_lock guards the copy of the binary.</remarks>
public static class TestArea
{
    private static readonly Lock s_lock = new();
    private static string? s_moat;
    private static int s_counter;

    /// <summary>The directory, removed when the process ends.</summary>
    public static string Root { get; } = Create();

    /// <summary>A copy of the sandbox's binary that an ordinary user can reach.</summary>
    public static string Moat()
    {
        lock (s_lock)
        {
            if (s_moat == null)
            {
                string copy = Path.Combine(Root, "moat");
                File.Copy(Repository.MoatBinary(), copy, overwrite: true);
                File.SetUnixFileMode(copy, (UnixFileMode)0x1ed);
                s_moat = copy;
            }
            return s_moat;
        }
    }

    /// <summary>A new path, for a directory that the caller makes and removes.</summary>
    public static string NewPath(string name) =>
        Path.Combine(Root, $"{name}-{Interlocked.Increment(ref s_counter)}");

    /// <summary>Makes a directory anew, empty and owned by the identity.</summary>
    public static void MakeFresh(string path, Identity owner)
    {
        Remove(path);
        Directory.CreateDirectory(path);
        File.SetUnixFileMode(path, (UnixFileMode)0x1ed);
        if (owner.Uid != 0)
        {
            CommandResult result = new Command(Identity.Root, ["/bin/chown", $"{owner.Uid}:{owner.Uid}",
                path]).Run();
            if (result.ExitCode != 0)
            {
                throw new InvalidOperationException(result.Transcript());
            }
        }
    }

    /// <summary>Removes a tree, whatever its modes.</summary>
    public static void Remove(string path)
    {
        if (Directory.Exists(path))
        {
            new Command(Identity.Root, ["/bin/rm", "-rf", "--", path]).Run();
        }
    }

    private static string Create()
    {
        string path = $"/var/tmp/moat-tests-{Environment.ProcessId}";
        Remove(path);
        Directory.CreateDirectory(path);
        File.SetUnixFileMode(path, (UnixFileMode)0x1ed);
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Remove(path);
        return path;
    }
}

// SPDX-License-Identifier: Apache-2.0
using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Threading;

namespace Moat.Cli.Tests;

/// <summary>
/// Looks at processes of this machine, which is where a sandbox's own must not stay behind.
/// </summary>
internal static class Processes
{
    /// <summary>All descendants of a process, nearest first.</summary>
    internal static List<int> Descendants(int pid)
    {
        var found = new List<int>();
        var next = new Queue<int>([pid]);
        while (next.TryDequeue(out int parent))
        {
            foreach (int child in Children(parent))
            {
                found.Add(child);
                next.Enqueue(child);
            }
        }

        return found;
    }

    /// <summary>Sends a signal.</summary>
    internal static void Signal(int pid, string signal)
    {
        using Process kill = Process.Start(
            "/bin/kill", ["-" + signal, pid.ToString(CultureInfo.InvariantCulture)]);
        kill.WaitForExit();
    }

    /// <summary>Waits until the condition holds; false after ten seconds.</summary>
    internal static bool Eventually(Func<bool> condition)
    {
        for (int i = 0; i < 500; i++)
        {
            if (condition())
            {
                return true;
            }

            Thread.Sleep(20);
        }

        return false;
    }

    /// <summary>True while a process exists and is not a zombie.</summary>
    internal static bool IsAlive(int pid)
    {
        try
        {
            string stat = File.ReadAllText($"/proc/{pid}/stat");
            return stat[stat.LastIndexOf(')') + 2] is not ('Z' or 'X');
        }
        catch (IOException)
        {
            return false;
        }
    }

    private static List<int> Children(int pid)
    {
        var children = new List<int>();
        foreach (string path in Directory.GetDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(path), out int candidate) && ParentOf(candidate) == pid)
            {
                children.Add(candidate);
            }
        }

        return children;
    }

    private static int ParentOf(int pid)
    {
        try
        {
            string stat = File.ReadAllText($"/proc/{pid}/stat");
            string[] words = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
            return int.Parse(words[1], CultureInfo.InvariantCulture);
        }
        catch (IOException)
        {
            return -1;
        }
    }
}

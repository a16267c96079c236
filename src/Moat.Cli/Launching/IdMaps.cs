// SPDX-License-Identifier: Apache-2.0
using System;
using System.Text;
using Moat.Abi;
using Moat.Base;
using Moat.Host.Files;
using Moat.Host.Launching;

namespace Moat.Cli.Launching;

/// <summary>Id maps of the kernel process's user namespace: every id stays what it is.</summary>
internal static class IdMaps
{
    /// <summary>True when all ids of this process's namespace can be mapped: it may set user ids.</summary>
    internal static bool MayMapAll()
    {
        const ulong both = (1UL << (int)Capability.Setuid) | (1UL << (int)Capability.Setgid);
        return (HostPrivileges.Effective() & both) == both;
    }

    /// <summary>Writes the maps of a process that has just been cloned into a user namespace.</summary>
    internal static Errno Write(int pid, bool all, uint uid, uint gid)
    {
        if (all)
        {
            Errno error = WriteFile($"/proc/{pid}/uid_map", Identity("/proc/self/uid_map"));
            return error != Errno.Success ? error
                : WriteFile($"/proc/{pid}/gid_map", Identity("/proc/self/gid_map"));
        }

        Errno failure = WriteFile($"/proc/{pid}/setgroups", "deny");
        if (failure == Errno.Success)
        {
            failure = WriteFile($"/proc/{pid}/uid_map", $"{uid} {uid} 1\n");
        }

        return failure != Errno.Success ? failure : WriteFile($"/proc/{pid}/gid_map", $"{gid} {gid} 1\n");
    }

    private static string Identity(string ownMap)
    {
        var text = new StringBuilder();
        foreach (string line in ProcFile.Read(ownMap).Split('\n'))
        {
            string[] words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (words.Length == 3)
            {
                text.Append(words[0]).Append(' ').Append(words[0]).Append(' ').Append(words[2]).Append('\n');
            }
        }

        return text.ToString();
    }

    private static Errno WriteFile(string path, string text)
    {
        Result<int> opened = HostPath.Open(
            HostPath.CurrentDirectory, Encoding.UTF8.GetBytes(path),
            OpenFlags.WriteOnly | OpenFlags.CloseOnExec);
        if (!opened.TryGet(out int fd, out Errno error))
        {
            return error;
        }

        error = HostFile.Write(fd, Encoding.UTF8.GetBytes(text)).Error;
        HostFile.Close(fd);
        return error;
    }
}

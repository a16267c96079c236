// SPDX-License-Identifier: Apache-2.0
using System;
using System.Collections.Generic;
using System.Globalization;
using System.Text;
using Moat.Abi;
using Moat.Control.Boot;
using Moat.Vfs;
using Moat.Vfs.Paths;

namespace Moat.Sandbox.Boot;

/// <summary>Finds a user by name in the guest's own /etc/passwd and /etc/group.</summary>
internal static class UserLookup
{
    private const int Failed = 125;
    private const int LargestFile = 1 << 20;

    /// <summary>The ids of a process: those given, or those of its user name.</summary>
    internal static (uint Uid, uint Gid, uint[] Groups) Find(BootCaller caller, ProcessRequest request)
    {
        uint[] groups = [.. request.Groups];
        Array.Sort(groups);
        if (request.UserName.Length == 0)
        {
            return (request.Uid, request.Gid, groups);
        }

        string[] parts = request.UserName.Split(':', 2);
        bool isNumber = TryNumber(parts[0], out uint uid);
        string[]? user = Row(caller, "/etc/passwd", parts[0], isNumber ? 2 : 0);
        uint gid = 0;
        if (!isNumber && (user is null || user.Length < 4 || !TryNumber(user[2], out uid)))
        {
            throw new BootException(Failed,
                $"--user {request.UserName}: no such user in the sandbox's /etc/passwd");
        }

        if (user is { Length: >= 4 } && !TryNumber(user[3], out gid))
        {
            gid = 0;
        }

        if (parts.Length == 2 && !TryNumber(parts[1], out gid))
        {
            string[]? group = Row(caller, "/etc/group", parts[1], 0);
            if (group is null || group.Length < 3 || !TryNumber(group[2], out gid))
            {
                throw new BootException(
                    Failed, $"--user {request.UserName}: no such group in the sandbox's /etc/group");
            }
        }

        string name = user is null ? parts[0] : user[0];
        return (uid, gid, groups.Length > 0 || parts.Length == 2 ? groups : GroupsOf(caller, name));
    }

    /// <summary>
    /// The home directory of a user id, "/" when there is no such user (as runc sets HOME).
    /// </summary>
    internal static string HomeOf(BootCaller caller, uint uid)
    {
        string number = uid.ToString(CultureInfo.InvariantCulture);
        foreach (string line in Lines(caller, "/etc/passwd"))
        {
            string[] row = line.Split(':');
            if (row.Length >= 6 && row[2] == number && row[5].StartsWith('/'))
            {
                return row[5];
            }
        }

        return "/";
    }

    private static uint[] GroupsOf(BootCaller caller, string user)
    {
        var found = new List<uint>();
        foreach (string line in Lines(caller, "/etc/group"))
        {
            string[] row = line.Split(':');
            if (row.Length >= 4 && Array.IndexOf(row[3].Split(','), user) >= 0
                && TryNumber(row[2], out uint gid))
            {
                found.Add(gid);
            }
        }

        found.Sort();
        return [.. found];
    }

    private static string[]? Row(BootCaller caller, string path, string name, int column)
    {
        foreach (string line in Lines(caller, path))
        {
            string[] row = line.Split(':');
            if (row.Length > column && row[column] == name)
            {
                return row;
            }
        }

        return null;
    }

    private static string[] Lines(BootCaller caller, string path)
    {
        // The guest may have put anything there: devices, pipes and links to them are not opened.
        byte[] name = Encoding.ASCII.GetBytes(path);
        Location root = caller.FileSystem.Root;
        if (!PathWalker.Lookup(caller, root, name, LookupFlags.Follow, ResolveFlags.NoMagicLinks)
            .TryGet(out Location place, out _) || place.Inode.Type != FileType.Regular
            || !FileOpener.Open(caller, root, name, OpenFlags.ReadOnly, 0).TryGet(out OpenFile? file, out _))
        {
            return [];
        }

        var bytes = new List<byte>();
        byte[] buffer = new byte[8192];
        while (bytes.Count < LargestFile
            && file.ReadAt(caller, buffer, bytes.Count).TryGet(out int count, out _) && count > 0)
        {
            bytes.AddRange(buffer.AsSpan(0, count));
        }

        file.Release();
        return Encoding.UTF8.GetString(bytes.ToArray()).Split('\n');
    }

    private static bool TryNumber(string text, out uint number) =>
        uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);
}

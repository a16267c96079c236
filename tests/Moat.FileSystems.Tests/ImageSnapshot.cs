// SPDX-License-Identifier: Apache-2.0
using System;
using System.Collections.Generic;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Moat.Abi;
using Moat.Abi.Fcntl;
using Moat.Base;
using Moat.Vfs;
using Xunit;

namespace Moat.FileSystems.Tests;

/// <summary>All of a file system as text: what two that show the same files agree on.</summary>
internal static class ImageSnapshot
{
    private const int MostFiles = 5000;

    /// <summary>A line for each file, sorted by path.</summary>
    internal static string Take(World world, bool withNanoseconds = true)
    {
        var lines = new List<string>();
        var pending = new Queue<(string Path, Inode Inode)>();
        pending.Enqueue(("", world.Namespace.Root.Inode));
        while (pending.TryDequeue(out (string Path, Inode Inode) next))
        {
            lines.Add(Line(world, next.Path, next.Inode, withNanoseconds));
            if (!next.Inode.IsDirectory)
            {
                continue;
            }

            DirectoryListing listing = Need(next.Inode.List(world.Caller), next.Path);
            for (int i = 0; i < listing.Count; i++)
            {
                string path = next.Path + "/" + Encoding.UTF8.GetString(listing.Name(i));
                Inode inode = Need(next.Inode.Lookup(world.Caller, listing.Name(i)), path);
                Assert.Equal(StatMode.DirectoryEntryType(inode.Type), listing.EntryType(i));
                pending.Enqueue((path, inode));
            }
        }

        lines.Sort(StringComparer.Ordinal);
        return string.Join('\n', lines);
    }

    /// <summary>Looks at everything without believing anything: for images that are broken.</summary>
    internal static int Touch(World world)
    {
        int good = 0;
        byte[] buffer = new byte[8192];
        var pending = new Queue<Inode>();
        pending.Enqueue(world.Namespace.Root.Inode);
        for (int seen = 0; seen < MostFiles && pending.TryDequeue(out Inode? inode); seen++)
        {
            good += inode.GetAttributes(out _) == Errno.Success ? 1 : 0;
            _ = inode.ReadLink(world.Caller);
            _ = inode.ListExtendedAttributes(world.Caller, buffer);
            _ = inode.GetExtendedAttribute(world.Caller, "user.name"u8, buffer);
            if (inode.Type == FileType.Regular && inode.Open(world.Caller, PlaceOf(world, inode), 0)
                is { IsOk: true } file)
            {
                good += file.Value.ReadAt(world.Caller, buffer, 0).IsOk ? 1 : 0;
                good += file.Value.ReadAt(world.Caller, buffer, 60_000).IsOk ? 1 : 0;
                good += file.Value.ReadAt(world.Caller, buffer, long.MaxValue - 4).IsOk ? 1 : 0;
                if (file.Value.GetMemoryObject(world.Caller, false, false, false) is { IsOk: true } memory)
                {
                    memory.Value.Release();
                }

                file.Value.Release();
            }

            if (inode.List(world.Caller) is not { IsOk: true, Value: { } listing })
            {
                continue;
            }

            for (int i = 0; i < listing.Count && i < 100; i++)
            {
                Result<Inode> child = inode.Lookup(world.Caller, listing.Name(i));
                if (child.IsOk)
                {
                    pending.Enqueue(child.Value);
                }
            }
        }

        return good;
    }

    internal static Location PlaceOf(World world, Inode inode) =>
        new(world.Namespace.Root.Mount, Dentry.CreateAnonymous(inode, "test"));

    private static string Line(World world, string path, Inode inode, bool withNanoseconds)
    {
        Assert.Equal(Errno.Success, inode.GetAttributes(out InodeAttributes found));
        var line = new StringBuilder();
        line.Append(CultureInfo.InvariantCulture, $"{path} {found.Mode:x} {found.Uid}:{found.Gid} ");
        line.Append(CultureInfo.InvariantCulture, $"{found.SpecialDeviceId:x} {found.ModifyTime.Seconds}");
        if (withNanoseconds)
        {
            line.Append(CultureInfo.InvariantCulture, $".{found.ModifyTime.Nanoseconds:d9}");
        }

        if (!inode.IsDirectory)
        {
            line.Append(CultureInfo.InvariantCulture, $" {found.LinkCount} {found.Size}");
        }

        if (inode.IsSymlink)
        {
            line.Append(" -> ").Append(Encoding.UTF8.GetString(Need(inode.ReadLink(world.Caller), path)));
        }

        if (inode.Type == FileType.Regular)
        {
            OpenFile file = Need(inode.Open(world.Caller, PlaceOf(world, inode), 0), path);
            line.Append(' ').Append(Hash(world, file, path));
            file.Release();
        }

        AppendAttributes(world, inode, line);
        return line.ToString();
    }

    private static string Hash(World world, OpenFile file, string path)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        byte[] buffer = new byte[50_000];
        while (Need(file.Read(world.Caller, buffer), path) is var count and > 0)
        {
            hash.AppendData(buffer, 0, count);
        }

        return Convert.ToHexString(hash.GetHashAndReset())[..16];
    }

    private static void AppendAttributes(World world, Inode inode, StringBuilder line)
    {
        byte[] buffer = new byte[65536];
        Result<int> length = inode.ListExtendedAttributes(world.Caller, buffer);
        string[] names = Encoding.UTF8.GetString(buffer, 0, length.IsOk ? length.Value : 0).Split('\0');
        Array.Sort(names, StringComparer.Ordinal);
        foreach (string name in names)
        {
            if (!name.StartsWith("user.", StringComparison.Ordinal))
            {
                continue;
            }

            int size = Need(inode.GetExtendedAttribute(world.Caller, World.Bytes(name), buffer), name);
            line.Append(CultureInfo.InvariantCulture, $" {name}={Encoding.UTF8.GetString(buffer, 0, size)}");
        }
    }

    private static T Need<T>(Result<T> result, string what)
    {
        Assert.True(result.IsOk, $"{what}: {result.Error}");
        return result.Value;
    }
}

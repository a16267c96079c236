// SPDX-License-Identifier: Apache-2.0
using System;
using System.Threading;

namespace Moat.Vfs.Paths;

/// <summary>
/// The path of a location (d_path): for getcwd, /proc/PID/fd, /proc/PID/maps, /proc/mounts.
/// </summary>
public static class PathFormatter
{
    private const int MaxTries = 100;

    /// <summary>Where the front of a path is left out: no call tells one as long (PATH_MAX).</summary>
    private const int MaxLength = 1 << 16;

    private static int s_begun;
    private static int s_ended;

    /// <summary>The path as seen from a root, with " (deleted)" after what has lost its name.</summary>
    public static byte[] Format(Location location, Location root)
    {
        byte[] path = FormatReachable(location, root, out _);
        return location.Dentry.IsDeleted ? [.. path, .. " (deleted)"u8] : path;
    }

    /// <summary>
    /// The path as seen from a root; not reachable when the root is not above the location.
    /// </summary>
    public static byte[] FormatReachable(Location location, Location root, out bool reachable)
    {
        if (location.Dentry.AnonymousName is { } name)
        {
            reachable = true;
            return System.Text.Encoding.UTF8.GetBytes(name);
        }

        for (int i = 0; ; i++)
        {
            int ended = Volatile.Read(ref s_ended);
            Interlocked.MemoryBarrier();
            byte[] path = Collect(location, root, out reachable);
            Interlocked.MemoryBarrier();
            if (ended == Volatile.Read(ref s_begun) || i > MaxTries)
            {
                return path;
            }
        }
    }

    /// <summary>What of its file system a mount shows: "/" but for bind mounts.</summary>
    public static byte[] FormatRoot(Mount mount) => mount.Root.AnonymousName is { } name
        ? System.Text.Encoding.UTF8.GetBytes(name) : FormatInside(mount.Root);

    /// <summary>The path of a dentry in its file system.</summary>
    public static byte[] FormatInside(Dentry dentry)
    {
        for (int i = 0; ; i++)
        {
            int ended = Volatile.Read(ref s_ended);
            Interlocked.MemoryBarrier();
            byte[] buffer = new byte[256];
            int start = buffer.Length;
            for (Dentry at = dentry; !at.IsRoot && buffer.Length - start < MaxLength; at = at.Parent)
            {
                Prepend(ref buffer, ref start, at.Name);
            }

            Interlocked.MemoryBarrier();
            if (ended == Volatile.Read(ref s_begun) || i > MaxTries)
            {
                return start == buffer.Length ? "/"u8.ToArray() : buffer.AsSpan(start).ToArray();
            }
        }
    }

    /// <summary>
    /// True when a dentry is another one or lies below it at one moment, whatever is renamed meanwhile.
    /// </summary>
    internal static bool IsWithin(Dentry dentry, Dentry ancestor)
    {
        for (int i = 0; i < MaxTries; i++)
        {
            int ended = Volatile.Read(ref s_ended);
            Interlocked.MemoryBarrier();
            bool isWithin = dentry.IsWithin(ancestor);
            Interlocked.MemoryBarrier();
            if (!isWithin || ended == Volatile.Read(ref s_begun))
            {
                return isWithin;
            }
        }

        return false;
    }

    /// <summary>Announces that parents and names change. The rename's NamespaceLock is held.</summary>
    internal static void BeginRename() => Interlocked.Increment(ref s_begun);

    /// <summary>Ends what <see cref="BeginRename"/> began.</summary>
    internal static void EndRename() => Interlocked.Increment(ref s_ended);

    private static byte[] Collect(Location location, Location root, out bool reachable)
    {
        byte[] buffer = new byte[256];
        int start = buffer.Length;
        (Mount? mount, Dentry dentry) = (location.Mount, location.Dentry);
        reachable = true;
        while (mount != root.Mount || dentry != root.Dentry)
        {
            if (buffer.Length - start >= MaxLength)
            {
                reachable = false;
                break;
            }

            if (dentry == mount.Root)
            {
                if (!mount.TryGetPlace(out Location place))
                {
                    reachable = false;
                    break;
                }

                (mount, dentry) = (place.Mount, place.Dentry);
                continue;
            }

            if (dentry.IsRoot)
            {
                // It was renamed out of a bind mount: whoever sees that one learns nothing of its
                // surroundings.
                start = buffer.Length;
                reachable = false;
                break;
            }

            Prepend(ref buffer, ref start, dentry.Name);
            dentry = dentry.Parent;
        }

        return start == buffer.Length ? "/"u8.ToArray() : buffer.AsSpan(start).ToArray();
    }

    private static void Prepend(ref byte[] buffer, ref int start, byte[] name)
    {
        if (start < name.Length + 1)
        {
            byte[] larger = new byte[Math.Max(buffer.Length * 2, buffer.Length + name.Length + 1)];
            int used = buffer.Length - start;
            buffer.AsSpan(start).CopyTo(larger.AsSpan(larger.Length - used));
            start = larger.Length - used;
            buffer = larger;
        }

        start -= name.Length;
        name.CopyTo(buffer.AsSpan(start));
        buffer[--start] = (byte)'/';
    }
}

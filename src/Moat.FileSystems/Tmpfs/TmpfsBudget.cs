// SPDX-License-Identifier: Apache-2.0
using System;
using System.Threading;

namespace Moat.FileSystems.Tmpfs;

/// <summary>What all tmpfs instances of a sandbox may hold together, whatever each is allowed.</summary>
/// <param name="maximumPages">Pages of content.</param>
/// <param name="maximumInodeSpace">Bytes of inodes, attributes, ACLs: objects of the kernel.</param>
public sealed class TmpfsBudget(long maximumPages, long maximumInodeSpace)
{
    private const long PageSize = 4096;
    private const long MostInodeSpace = 2L << 30;
    private const long PeriodMs = 1000;
    private long _pages;
    private long _inodeSpace;
    private long _lastCollection;

    /// <summary>For as much as anybody wants.</summary>
    public static TmpfsBudget Unlimited { get; } = new(long.MaxValue / 2, long.MaxValue / 2);

    /// <summary>
    /// That of a sandbox with so much memory: content may take three quarters of it, inodes (which are
    /// charged at 1 KiB, about what they take) a quarter, but no more than the kernel process's heap has.
    /// </summary>
    public static TmpfsBudget Of(long memoryBytes) =>
        new(memoryBytes / 4 * 3 / PageSize, Math.Min(memoryBytes / 4, MostInodeSpace));

    /// <summary>Bytes of content that are held.</summary>
    public long UsedBytes => Volatile.Read(ref _pages) * PageSize;

    internal bool TryTakePages(long count) => TryTake(ref _pages, count, maximumPages);

    internal void GivePages(long count) => Interlocked.Add(ref _pages, -count);

    internal bool TryTakeInodeSpace(long bytes) => TryTake(ref _inodeSpace, bytes, maximumInodeSpace);

    internal void GiveInodeSpace(long bytes) => Interlocked.Add(ref _inodeSpace, -bytes);

    /// <summary>
    /// Before a new instance is made: where little is left, looks for instances that nobody can see any more.
    /// No lock is held.
    /// </summary>
    internal void MakeRoom()
    {
        bool isNarrow = Volatile.Read(ref _pages) > maximumPages / 4 * 3
            || Volatile.Read(ref _inodeSpace) > maximumInodeSpace / 4 * 3;
        long last = Volatile.Read(ref _lastCollection);
        long now = Environment.TickCount64;
        if (isNarrow && now - last >= PeriodMs
            && Interlocked.CompareExchange(ref _lastCollection, now, last) == last)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }
    }

    private static bool TryTake(ref long used, long count, long most)
    {
        if (Interlocked.Add(ref used, count) <= most)
        {
            return true;
        }

        Interlocked.Add(ref used, -count);
        return false;
    }
}

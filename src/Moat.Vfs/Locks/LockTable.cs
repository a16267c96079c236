// SPDX-License-Identifier: Apache-2.0
using System;
using System.Collections.Generic;
using Moat.Base;

namespace Moat.Vfs.Locks;

/// <summary>Which files of a sandbox have locks or leases: what /proc/locks goes through.</summary>
/// <remarks>
/// Locks: its own leaf lock, held for moments. Invariants: a file is in it once; its place changes when
/// others leave, so who goes through it while that happens may see a file twice or not at all.
/// </remarks>
public sealed class LockTable
{
    private readonly RankedLock _lock = new(LockRank.Leaf);
    private readonly List<FileLocks> _files = [];

    /// <summary>Up to as many as there is room for, from a place on; how many there were.</summary>
    internal int Copy(int start, Span<FileLocks?> into)
    {
        using (_lock.Enter())
        {
            int count = Math.Clamp(_files.Count - start, 0, into.Length);
            for (int i = 0; i < count; i++)
            {
                into[i] = _files[start + i];
            }

            return count;
        }
    }

    /// <summary>A file has locks, or none any more; so for leases. Each is told under its own lock.</summary>
    internal void Change(FileLocks file, int added, int removed)
    {
        using (_lock.Enter())
        {
            file.TableBits = (file.TableBits | added) & ~removed;
            if (file.TableBits != 0 && file.TablePlace < 0)
            {
                file.TablePlace = _files.Count;
                _files.Add(file);
            }
            else if (file.TableBits == 0 && file.TablePlace >= 0)
            {
                FileLocks last = _files[^1];
                _files[file.TablePlace] = last;
                last.TablePlace = file.TablePlace;
                _files.RemoveAt(_files.Count - 1);
                file.TablePlace = -1;
            }
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
using System;
using System.Collections.Generic;

namespace Moat.Vfs.Locks;

/// <summary>One way through all locks of a sandbox, in pieces: no lock is held between them.</summary>
public sealed class LockPass(LockTable table)
{
    /// <summary>How many locks a piece has at most.</summary>
    public const int Most = 128;

    private readonly FileLocks?[] _files = new FileLocks?[Most];
    private int _place;
    private int _count;
    private int _at;
    private int _index;

    /// <summary>The next locks of one file; null at the end.</summary>
    /// <param name="held">Where they go; what is there is dropped.</param>
    /// <param name="waiters">Who waits at that file.</param>
    public Inode? Next(List<ListedLock> held, out LockWaiter[] waiters)
    {
        held.Clear();
        waiters = [];
        while (true)
        {
            if (_at == _count)
            {
                Array.Clear(_files);
                _place += _count;
                _count = table.Copy(_place, _files);
                _at = 0;
                if (_count == 0)
                {
                    return null;
                }
            }

            FileLocks file = _files[_at]!;
            bool isLast = file.Describe(_index, Most, held, out waiters);
            _index += Most;
            if (isLast)
            {
                _at++;
                _index = 0;
            }

            if (held.Count > 0)
            {
                return file.Inode;
            }
        }
    }
}

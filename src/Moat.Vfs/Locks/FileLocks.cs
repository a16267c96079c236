// SPDX-License-Identifier: Apache-2.0
namespace Moat.Vfs.Locks;

/// <summary>The advisory locks of one inode (flock(2), fcntl_locking(2)).</summary>
public sealed class FileLocks
{
    /// <summary>An open file description is gone: its flock and OFD locks go with it.</summary>
    internal void ReleaseOwner(OpenFile owner)
    {
    }
}

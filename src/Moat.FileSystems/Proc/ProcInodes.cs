// SPDX-License-Identifier: Apache-2.0
namespace Moat.FileSystems.Proc;

/// <summary>
/// Inode numbers of what is made anew at each lookup: stable, and apart from those of fixed files.
/// </summary>
internal static class ProcInodes
{
    /// <summary>The number of a process's or thread's file.</summary>
    /// <param name="id">Process or thread id.</param>
    /// <param name="file">Which of its files, below 65,536.</param>
    internal static ulong Of(int id, int file) => (1UL << 40) | ((ulong)id << 16) | (uint)file;
}

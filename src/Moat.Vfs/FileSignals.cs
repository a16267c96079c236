// SPDX-License-Identifier: Apache-2.0
using System.Threading;

namespace Moat.Vfs;

/// <summary>What few open files have: an owner that is told of them by signals (fown_struct).</summary>
internal sealed class FileSignals
{
    private IFileNotice? _async;
    private IFileNotice? _directory;

    internal FileOwner Owner { get; set; }

    /// <summary>F_SETSIG.</summary>
    internal int Number { get; set; }

    internal void SetAsync(IFileNotice? notice) => Interlocked.Exchange(ref _async, notice)?.End();

    internal void SetDirectory(IFileNotice? notice) => Interlocked.Exchange(ref _directory, notice)?.End();

    internal void EndDirectory(IFileNotice notice)
    {
        if (Interlocked.CompareExchange(ref _directory, null, notice) == notice)
        {
            notice.End();
        }
    }
}

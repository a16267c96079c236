// SPDX-License-Identifier: Apache-2.0
using System;
using Moat.Vfs;

namespace Moat.Kernel.Net;

/// <summary>The files of one message (SCM_RIGHTS), with a reference each.</summary>
/// <remarks>
/// Invariants: whoever has it ends it by <see cref="Arrive"/> or <see cref="Release"/>, once. Those that
/// somebody peeks at are copies, which are not on their way.
/// </remarks>
public sealed class PassedFiles
{
    private readonly OpenFile[] _files;
    private readonly FilesInFlight? _flight;
    private readonly uint _uid;

    internal PassedFiles(OpenFile[] files, FilesInFlight? flight, uint uid)
    {
        _files = files;
        _flight = flight;
        _uid = uid;
    }

    public ReadOnlySpan<OpenFile> Files => _files;

    /// <summary>The same files for somebody who looks and leaves them where they are (MSG_PEEK).</summary>
    public PassedFiles Copy()
    {
        foreach (OpenFile file in _files)
        {
            file.AddReference();
        }

        return new PassedFiles(_files, null, _uid);
    }

    /// <summary>They have arrived: the references are the caller's.</summary>
    public OpenFile[] Arrive()
    {
        _flight?.Remove(_files, _uid);
        return _files;
    }

    /// <summary>Nobody gets them.</summary>
    public void Release()
    {
        foreach (OpenFile file in Arrive())
        {
            file.Release();
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
using System.Collections.Generic;
using Moat.Abi;
using Moat.Base;
using Moat.Host.Files;

namespace Moat.FileSystems.HostFs;

/// <summary>Opens the descriptor of a host directory again, from the nearest ancestor that has one.</summary>
internal static class HostDirectoryWalk
{
    private const OpenFlags DirectoryPath =
        OpenFlags.Path | OpenFlags.Directory | OpenFlags.NoFollow | OpenFlags.CloseOnExec;

    private const OpenFlags ReadableDirectory =
        OpenFlags.Directory | OpenFlags.NoFollow | OpenFlags.CloseOnExec | OpenFlags.NonBlock;

    /// <summary>The directory's descriptor, with a reference for the caller.</summary>
    internal static Result<HostDirectoryHandle> Open(HostInode directory)
    {
        // Climbs first, then opens step by step: no recursion, paths may be deep.
        var missing = new List<HostInode>();
        HostInode at = directory;
        HostDirectoryHandle? handle = null;
        while (handle is null)
        {
            missing.Add(at);
            if (at.Place is not { } place)
            {
                return Errno.ENOENT;
            }

            at = place.Parent;
            handle = at.TryHandle();
        }

        for (int i = missing.Count - 1; i >= 0; i--)
        {
            Result<HostDirectoryHandle> next = OpenStep(missing[i], handle.Fd);
            handle.Release();
            if (!next.IsOk)
            {
                return next;
            }

            handle = next.Value;
        }

        return handle;
    }

    private static Result<HostDirectoryHandle> OpenStep(HostInode directory, int parentFd)
    {
        if (directory.Place is not { } place)
        {
            return Errno.ENOENT;
        }

        // What nobody else changes stays readable if it is: then its handle serves to list it too.
        bool readable = directory.Options.IsExclusive;
        Result<int> fd = readable
            ? HostAttributes.OpenStep(parentFd, place.Name, ReadableDirectory)
            : Errno.EACCES;
        if (!fd.IsOk)
        {
            readable = false;
            fd = HostAttributes.OpenStep(parentFd, place.Name, DirectoryPath);
        }

        if (!fd.IsOk)
        {
            return fd.Error;
        }

        Errno error = HostPath.Stat(fd.Value, [], HostPath.EmptyPath, out HostStatx stat);
        if (error != Errno.Success || !directory.IsSame(stat))
        {
            HostFile.Close(fd.Value);
            return error != Errno.Success ? error : Errno.ESTALE;
        }

        var handle = new HostDirectoryHandle(fd.Value, directory, readable);
        handle.AddReference();
        if (directory.TrySetHandle(handle))
        {
            directory.Host.Handles.Add(handle);
        }
        else
        {
            // Somebody else was faster: this one serves the present call only.
            handle.Release();
        }

        return handle;
    }
}

// SPDX-License-Identifier: Apache-2.0
using Moat.Abi;
using Moat.Base;
using Moat.Kernel.Async;
using Moat.Vfs;

namespace Moat.Syscalls.Rings;

/// <summary>The files that IOSQE_FIXED_FILE finds by index.</summary>
/// <remarks>Locks: its own, of rank Object. Invariants: holds a reference on each.</remarks>
internal sealed class RegisteredFiles(RingLimits limits)
{
    private readonly RankedLock _lock = new(LockRank.Object);
    private OpenFile?[]? _files;

    /// <summary>The table's size; -1 when there is none.</summary>
    internal int Count
    {
        get
        {
            using (_lock.Enter())
            {
                return _files?.Length ?? -1;
            }
        }
    }

    /// <summary>The file of an index, with a reference for the caller; null for none.</summary>
    internal OpenFile? Get(int index)
    {
        using (_lock.Enter())
        {
            OpenFile? file = _files is { } files && (uint)index < (uint)files.Length ? files[index] : null;
            file?.AddReference();
            return file;
        }
    }

    /// <summary>
    /// IORING_REGISTER_FILES: EBUSY when there is a table, ENOMEM for too many in all. References are taken
    /// over.
    /// </summary>
    internal Errno Set(OpenFile?[] files)
    {
        Errno error;
        using (_lock.Enter())
        {
            error = _files is not null ? Errno.EBUSY
                : limits.TryAddEntries(files.Length) ? Errno.Success : Errno.ENOMEM;
            if (error == Errno.Success)
            {
                _files = files;
                return error;
            }
        }

        ReleaseAll(files);
        return error;
    }

    /// <summary>Puts a file at an index of the table. The reference is taken over.</summary>
    internal Errno Replace(int index, OpenFile? file)
    {
        OpenFile? released = file;
        bool fits;
        using (_lock.Enter())
        {
            fits = _files is { } files && (uint)index < (uint)files.Length;
            if (fits)
            {
                released = _files![index];
                _files[index] = file;
            }
        }

        released?.Release();
        return fits ? Errno.Success : Errno.EINVAL;
    }

    /// <summary>IORING_UNREGISTER_FILES: ENXIO when there is none.</summary>
    internal Errno Clear()
    {
        OpenFile?[]? files;
        using (_lock.Enter())
        {
            files = _files;
            _files = null;
        }

        ReleaseAll(files);
        limits.RemoveEntries(files?.Length ?? 0);
        return files is null ? Errno.ENXIO : Errno.Success;
    }

    internal static void ReleaseAll(OpenFile?[]? files)
    {
        foreach (OpenFile? file in files ?? [])
        {
            file?.Release();
        }
    }
}

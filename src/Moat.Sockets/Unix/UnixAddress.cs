// SPDX-License-Identifier: Apache-2.0
using System;
using System.Diagnostics.CodeAnalysis;
using Moat.Abi;
using Moat.Base;
using Moat.Kernel.Net;
using Moat.Kernel.Tasks;
using Moat.Vfs;
using Moat.Vfs.Paths;

namespace Moat.Sockets.Unix;

/// <summary>Addresses of local sockets: a path, an abstract name, or none (unix(7)).</summary>
internal static class UnixAddress
{
    private const int MaximumLength = 110;

    /// <summary>The address of a socket that is not bound: just the family.</summary>
    internal static readonly byte[] None = [1, 0];

    /// <summary>Checks a raw address and cuts it at the end of its path; EINVAL.</summary>
    /// <returns>The address; just the family asks bind for a name of the kernel's choice.</returns>
    internal static Result<byte[]> Parse(ReadOnlySpan<byte> address)
    {
        if (address.Length is < 2 or > MaximumLength || address[0] != 1 || address[1] != 0)
        {
            return Errno.EINVAL;
        }

        if (address.Length == 2 || address[2] == 0)
        {
            return address.ToArray();
        }

        // A path has its NUL counted in, whether the caller gave one or not.
        ReadOnlySpan<byte> path = address[2..];
        int end = path.IndexOf((byte)0);
        path = end >= 0 ? path[..end] : path;
        byte[] result = new byte[2 + path.Length + 1];
        None.CopyTo(result, 0);
        path.CopyTo(result.AsSpan(2));
        return result;
    }

    internal static bool IsAbstract(byte[] address) => address.Length > 2 && address[2] == 0;

    /// <summary>The path of a path address.</summary>
    internal static ReadOnlySpan<byte> Path(byte[] address) => address.AsSpan(2, address.Length - 3);

    /// <summary>
    /// Finds the socket of an address, with a reference; ECONNREFUSED, ENOENT, EACCES, EINVAL. Abstract names
    /// are those of the network namespace that the looking socket was made in.
    /// </summary>
    internal static Result<UnixSocket> Find(Task task, AbstractNames names, byte[] address)
    {
        if (address.Length == 2)
        {
            return Errno.EINVAL;
        }

        if (!TryFind(task, names, address, out OpenFile? found, out Errno error))
        {
            return error;
        }

        return found is UnixSocket socket && socket.TryAddReference() ? socket : Errno.ECONNREFUSED;
    }

    private static bool TryFind(Task task, AbstractNames names, byte[] address,
        [NotNullWhen(true)] out OpenFile? socket, out Errno error)
    {
        error = Errno.ECONNREFUSED;
        if (IsAbstract(address))
        {
            return names.TryGet(address, out socket);
        }

        socket = null;
        Result<Location> place = PathWalker.Lookup(
            task, task.FileSystem.WorkingDirectory, Path(address), LookupFlags.Follow);
        if (!place.TryGet(out Location location, out error))
        {
            return false;
        }

        error = Permissions.Check(task.Credentials, location, Access.Write);
        if (error != Errno.Success)
        {
            return false;
        }

        error = Errno.ECONNREFUSED;
        socket = location.Inode.SpecialState as OpenFile;
        return socket is not null;
    }
}

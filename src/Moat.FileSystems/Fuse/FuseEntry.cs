// SPDX-License-Identifier: Apache-2.0
using System;
using Moat.Abi;
using Moat.Base;
using Moat.Vfs;

namespace Moat.FileSystems.Fuse;

/// <summary>struct fuse_entry_out: a name's node, and for how long that and its attributes hold.</summary>
/// <param name="Node">The node; 0 for no such name.</param>
/// <param name="Generation">Tells nodes of one number apart.</param>
/// <param name="NameUntil">When the name is to be asked for again.</param>
/// <param name="AttributesUntil">When the attributes are.</param>
/// <param name="Attributes">The attributes.</param>
internal readonly record struct FuseEntry(
    ulong Node, ulong Generation, long NameUntil, long AttributesUntil, InodeAttributes Attributes)
{
    /// <summary>Bytes of struct fuse_entry_out.</summary>
    internal const int Size = 40 + FuseAttributes.Size;

    /// <summary>Reads one: ENOENT for node 0, EIO for what cannot be, the root under a name too.</summary>
    internal static Result<FuseEntry> Read(FuseTerms terms, ulong device, ReadOnlySpan<byte> bytes)
    {
        var reader = new FuseReader(bytes);
        (ulong node, ulong generation) = (reader.Long(), reader.Long());
        (ulong name, ulong attributes) = (reader.Long(), reader.Long());
        long nameUntil = FuseAttributes.Until(name, reader.Word());
        long attributesUntil = FuseAttributes.Until(attributes, reader.Word());
        if (node <= FuseFileSystem.RootNode)
        {
            return node == 0 ? Errno.ENOENT : Errno.EIO;
        }

        Result<InodeAttributes> told = FuseAttributes.Read(terms, device, reader.Rest);
        return told.TryGet(out InodeAttributes read, out Errno error)
            ? new FuseEntry(node, generation, nameUntil, attributesUntil, read) : error;
    }
}

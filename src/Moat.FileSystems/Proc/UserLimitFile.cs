// SPDX-License-Identifier: Apache-2.0
using System;
using System.Globalization;
using System.Text;
using Moat.Abi;
using Moat.Base;
using Moat.Vfs;
using Moat.Vfs.Generated;

namespace Moat.FileSystems.Proc;

/// <summary>/proc/sys/user/max_user_namespaces: each user namespace has its own (namespaces(7)).</summary>
internal sealed class UserLimitFile(FileSystem fileSystem) : GeneratedFile(fileSystem, 0x1a4)
{
    public override Errno Generate(Caller caller, ContentWriter writer)
    {
        writer.Append($"{caller.Credentials.Space.Limit}\n");
        return Errno.Success;
    }

    // Whose it is depends on who looks: Open decides.
    public override Errno GetOwnership(out InodeOwnership ownership)
    {
        ownership = new((uint)FileType.Regular | 0x1b6, 0, 0);
        return Errno.Success;
    }

    public override Result<OpenFile> Open(Caller caller, Location location, OpenFlags flags) =>
        (flags & OpenFlags.AccessMode) != OpenFlags.ReadOnly
            && !caller.Credentials.HasOwn(Capability.SysResource)
            ? Errno.EACCES : base.Open(caller, location, flags);

    public override Result<int> WriteFor(Caller caller, Credentials opener, ReadOnlySpan<byte> content)
    {
        string text = Encoding.Latin1.GetString(content).Trim();
        if (!int.TryParse(text, NumberStyles.None, null, out int value))
        {
            return Errno.EINVAL;
        }

        opener.Space.Limit = value;
        return content.Length;
    }
}

// SPDX-License-Identifier: Apache-2.0
using System;
using System.Text;
using Moat.Abi;
using Moat.Base;
using Moat.Kernel.Tasks;
using Moat.Vfs;
using Moat.Vfs.Generated;

namespace Moat.FileSystems.Proc;

/// <summary>A file of /proc/sys that root may write.</summary>
internal sealed class SysctlFile(
    FileSystem fileSystem, Action<Task, ContentWriter> read, Func<Task, string, Errno> write)
    : GeneratedFile(fileSystem, 0x1a4)
{
    public override Errno Generate(Caller caller, ContentWriter writer)
    {
        read((Task)caller, writer);
        return Errno.Success;
    }

    public override Result<int> Write(Caller caller, ReadOnlySpan<byte> content)
    {
        Errno error = write((Task)caller, Encoding.UTF8.GetString(content).TrimEnd('\n', '\0'));
        return error == Errno.Success ? content.Length : error;
    }
}

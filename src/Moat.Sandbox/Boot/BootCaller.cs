// SPDX-License-Identifier: Apache-2.0
using System;
using Moat.Memory;
using Moat.Vfs;

namespace Moat.Sandbox.Boot;

/// <summary>The kernel itself as it sets file systems up: all capabilities, no memory.</summary>
public sealed class BootCaller : Caller
{
    /// <summary>A caller whose root is the given place.</summary>
    public BootCaller(Location root)
    {
        Credentials = Credentials.For(0, 0, [], Credentials.AllCapabilities);
        FileSystem = new FsContext { Root = root, WorkingDirectory = root, Umask = 0 };
        Files = new FdTable();
    }

    /// <inheritdoc/>
    public override UserMemory Memory => throw new InvalidOperationException("the boot has no guest memory");
}

// SPDX-License-Identifier: Apache-2.0
using System;
using System.Collections.Generic;
using System.Text;
using Moat.Abi;
using Moat.Base;
using Moat.Vfs;

namespace Moat.Kernel.Loading.Tests;

/// <summary>Files by name.</summary>
public sealed class TestResolver : Dictionary<string, byte[]>, IExecutableResolver
{
    private readonly Dictionary<string, int> _descriptors = [];

    /// <summary>Contents by the made-up descriptors that were handed out.</summary>
    public Dictionary<int, byte[]> Descriptors { get; } = [];

    public Result<OpenFile> OpenExecutable(Caller caller, ReadOnlySpan<byte> path)
    {
        string name = Encoding.UTF8.GetString(path);
        if (!TryGetValue(name, out byte[]? content))
        {
            return Errno.ENOENT;
        }

        if (!_descriptors.TryGetValue(name, out int fd))
        {
            fd = 10 + _descriptors.Count;
            _descriptors[name] = fd;
            Descriptors[fd] = content;
        }

        return new TestFile(content, fd);
    }

    public OpenFile Open(string name) => OpenExecutable(null!, Encoding.UTF8.GetBytes(name)).Value;
}

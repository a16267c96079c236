// SPDX-License-Identifier: Apache-2.0
using System;
using System.IO;
using System.Runtime.CompilerServices;
using Iced.Intel;
using Moat.Base;
using Moat.Host.Children;
using Moat.Host.Launching;
using Moat.Host.Shared;
using Moat.Host.Signals;

namespace Moat.Host.Code;

/// <summary>Pages of position-independent machine code of this assembly.</summary>
internal static unsafe class MachineCode
{
    private const int PageBytes = 4096;

    /// <summary>Names and builders of all routines, for eng/Moat.Prebuilt.</summary>
    internal static readonly (string Name, Action<Assembler> Build)[] All =
    [
        (SyscallThunk.CallName, SyscallThunk.BuildCall),
        (SyscallThunk.CurrentCpuName, SyscallThunk.BuildCurrentCpu),
        (SyscallThunk.CurrentCpuOldName, SyscallThunk.BuildCurrentCpuOld),
        (SyscallThunk.TimeStampName, SyscallThunk.BuildTimeStamp),
        (ChildThunk.Name, ChildThunk.Build),
        (SignalPipe.HandlerName, SignalPipe.BuildHandler),
        (SignalPipe.RestorerName, SignalPipe.BuildRestorer),
        (ThreadBroadcast.HandlerName, ThreadBroadcast.BuildHandler),
    ];

    /// <summary>A routine's bytes.</summary>
    internal static ReadOnlySpan<byte> Get(string name, Action<Assembler> build)
    {
        ReadOnlySpan<byte> prebuilt = PrebuiltCode.Find(name);
        return prebuilt.IsEmpty ? Assemble(build) : prebuilt;
    }

    /// <summary>Assembles a routine.</summary>
    // Apart, so that the assembler's static constructors run only when it is called.
    [MethodImpl(MethodImplOptions.NoInlining)]
    internal static byte[] Assemble(Action<Assembler> build)
    {
        var assembler = new Assembler(64);
        build(assembler);
        using var stream = new MemoryStream();
        assembler.Assemble(new StreamCodeWriter(stream), 0);
        return stream.ToArray();
    }

    /// <summary>A new readable and executable page that begins with this code.</summary>
    /// <param name="code">The code.</param>
    /// <param name="second">More code, at the given offset.</param>
    /// <param name="offset">Where that lies.</param>
    internal static Result<nuint> Map(ReadOnlySpan<byte> code, ReadOnlySpan<byte> second = default,
        int offset = 0)
    {
        Result<nuint> mapped = HostMemory.Map(
            0, PageBytes, HostProtection.ReadWrite, HostMapFlags.Private | HostMapFlags.Anonymous, -1, 0);
        if (!mapped.TryGet(out nuint page, out Abi.Errno error))
        {
            return error;
        }

        // SAFETY: the page is ours, and complete before it becomes executable; the span checks the length.
        var bytes = new Span<byte>((void*)page, PageBytes);
        code.CopyTo(bytes);
        second.CopyTo(bytes[offset..]);
        error = HostMemory.Protect(page, PageBytes, HostProtection.ReadExecute);
        return error == Abi.Errno.Success ? page : error;
    }
}

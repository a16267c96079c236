// SPDX-License-Identifier: Apache-2.0
using System;
using Moat.Abi;
using Moat.Base;
using Moat.Memory;
using Moat.Vfs;

namespace Moat.Kernel.Loading;

/// <summary>One ELF file to be mapped: the program or its interpreter.</summary>
internal sealed class ProgramPart : IDisposable
{
    private ProgramPart(ElfImage image, MemoryObject memory)
    {
        Image = image;
        Memory = memory;
    }

    public ElfImage Image { get; }

    public MemoryObject Memory { get; }

    /// <summary>Parses a file and gets what its mappings map.</summary>
    public static Result<ProgramPart> Open(Caller caller, OpenFile file, ReadOnlySpan<byte> start)
    {
        if (!ElfParser.Parse(caller, file, start).TryGet(out ElfImage? image, out Errno error))
        {
            return error;
        }

        return file.GetMemoryObject(caller, shared: false, write: false, execute: true)
            .TryGet(out MemoryObject? memory, out error)
            ? new ProgramPart(image, memory)
            : error;
    }

    public void Dispose() => Memory.Release();
}

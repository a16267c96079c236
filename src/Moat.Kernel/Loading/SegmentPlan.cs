// SPDX-License-Identifier: Apache-2.0
using System;
using System.Collections.Generic;
using Moat.Abi;
using Moat.Abi.Mman;
using Moat.Memory;
using static Moat.Memory.AddressSpaceLimits;

namespace Moat.Kernel.Loading;

/// <summary>Turns ELF segments into mappings, and remembers the bytes to clear after they are made.</summary>
internal sealed class SegmentPlan
{
    private readonly List<MapRequest> _maps = [];
    private readonly List<(ulong Start, ulong End)> _clears = [];

    /// <summary>The mappings, in order.</summary>
    public ReadOnlySpan<MapRequest> Maps => System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_maps);

    /// <summary>Adds any mapping.</summary>
    public void Add(MapRequest request) => _maps.Add(request);

    /// <summary>
    /// Adds a file's segments at a bias: file pages from the page cache, the rest of each segment anonymous.
    /// </summary>
    public void AddSegments(ProgramPart part, ulong bias)
    {
        foreach (ElfSegment segment in part.Image.Segments)
        {
            ulong start = PageDown(segment.Address + bias);
            ulong fileEnd = segment.FileEnd + bias;
            ulong memoryEnd = PageUp(segment.End + bias);
            ulong filePages = segment.FileSize == 0 ? start : PageUp(fileEnd);
            if (filePages > start)
            {
                _maps.Add(new MapRequest
                {
                    Address = start,
                    Length = filePages - start,
                    Protection = segment.Protection,
                    Flags = MapFlags.Private | MapFlags.Fixed,
                    Object = part.Memory,
                    Offset = PageDown(segment.FileOffset),
                });
            }

            if (memoryEnd > filePages)
            {
                _maps.Add(new MapRequest
                {
                    Address = filePages,
                    Length = memoryEnd - filePages,
                    Protection = segment.Protection,
                    Flags = MapFlags.Private | MapFlags.Fixed,
                });
            }

            // What follows the file's part in its last page must read as zero. As on Linux only where it can
            // be written.
            if (segment.MemorySize > segment.FileSize && segment.FileSize != 0
                && (segment.Protection & MemoryProtection.Write) != 0 && fileEnd < filePages)
            {
                _clears.Add((fileEnd, filePages));
            }
        }
    }

    /// <summary>
    /// Clears what must be zero, once the mappings exist. EFAULT when a file is shorter than it says.
    /// </summary>
    public Errno Clear(UserMemory memory)
    {
        Span<byte> zeros = stackalloc byte[(int)PageSize];
        zeros.Clear();
        foreach ((ulong start, ulong end) in _clears)
        {
            Errno error = memory.Write(start, zeros[..(int)(end - start)]);
            if (error != Errno.Success)
            {
                return error;
            }
        }

        return Errno.Success;
    }
}

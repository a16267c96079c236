// SPDX-License-Identifier: Apache-2.0
using System;
using Moat.Abi;
using Moat.Memory;
using Moat.Vfs;

namespace Moat.Syscalls.Polling;

/// <summary>The three bit sets of a select call, in and out.</summary>
internal readonly ref struct SelectSets
{
    private const PollEvents ReadEvents =
        PollEvents.In | PollEvents.ReadNormal | PollEvents.ReadBand | PollEvents.HangUp | PollEvents.Error;

    private const PollEvents WriteEvents =
        PollEvents.Out | PollEvents.WriteNormal | PollEvents.WriteBand | PollEvents.Error;

    private readonly Span<ulong> _bits;
    private readonly int _words;

    /// <summary>Sets over the given memory, three times <see cref="WordsFor"/>.</summary>
    internal SelectSets(Span<ulong> bits)
    {
        _bits = bits;
        _words = bits.Length / 3;
    }

    /// <summary>64-bit words in one set of so many descriptors.</summary>
    internal static int WordsFor(int count) => (count + 63) / 64;

    /// <summary>Copies a set in; a null pointer is an empty set.</summary>
    internal Errno Read(UserMemory memory, int set, ulong address)
    {
        Span<ulong> words = _bits.Slice(set * _words, _words);
        words.Clear();
        return address == 0 ? Errno.Success : memory.ReadArray(address, words);
    }

    /// <summary>Copies a set out, unless it is null.</summary>
    internal Errno Write(UserMemory memory, int set, ulong address) =>
        address == 0 ? Errno.Success : memory.WriteArray<ulong>(address, _bits.Slice(set * _words, _words));

    /// <summary>What a descriptor is watched for; none when it is in no set.</summary>
    internal PollEvents Wanted(int fd)
    {
        PollEvents wanted = Has(0, fd) ? ReadEvents : PollEvents.None;
        wanted |= Has(1, fd) ? WriteEvents : PollEvents.None;
        return Has(2, fd) ? wanted | PollEvents.Priority : wanted;
    }

    /// <summary>
    /// Keeps the bits whose events were found, clears the others; returns how many are kept.
    /// </summary>
    internal int Keep(int fd, PollEvents found)
    {
        int kept = Keep(0, fd, (found & ReadEvents) != 0);
        kept += Keep(1, fd, (found & WriteEvents) != 0);
        return kept + Keep(2, fd, (found & PollEvents.Priority) != 0);
    }

    private bool Has(int set, int fd) => (_bits[(set * _words) + (fd >> 6)] >> (fd & 63) & 1) != 0;

    private int Keep(int set, int fd, bool found)
    {
        if (!Has(set, fd))
        {
            return 0;
        }

        if (!found)
        {
            _bits[(set * _words) + (fd >> 6)] &= ~(1UL << (fd & 63));
        }

        return found ? 1 : 0;
    }
}

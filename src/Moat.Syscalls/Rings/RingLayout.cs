// SPDX-License-Identifier: Apache-2.0
using System;
using Moat.Abi.Rings;
using Moat.Kernel.Async;

namespace Moat.Syscalls.Rings;

/// <summary>Where head, tail and entries of both rings lie: as in Linux's struct io_rings.</summary>
/// <param name="Submissions">Entries of the submission ring, a power of two.</param>
/// <param name="Completions">Entries of the completion ring, a power of two.</param>
internal readonly record struct RingLayout(uint Submissions, uint Completions)
{
    internal const int SubmissionHead = 0;
    internal const int SubmissionTail = 64;
    internal const int CompletionHead = 128;
    internal const int CompletionTail = 192;
    internal const int SubmissionFlags = 276;
    internal const int Dropped = 272;
    internal const int Overflow = 284;
    internal const int FirstCompletion = 320;
    internal const int CompletionSize = 16;
    internal const int SubmissionSize = 64;
    private const int Masks = 256;
    private const int Sizes = 264;
    private const int EventFlags = 280;
    private const int PageSize = 4096;

    /// <summary>The array of indices into the submission entries.</summary>
    internal int Array => FirstCompletion + ((int)Completions * CompletionSize);

    /// <summary>The submission entries, which have pages of their own.</summary>
    internal int Entries => RoundUp(Array + ((int)Submissions * sizeof(uint)));

    /// <summary>Bytes of all.</summary>
    internal int Length => Entries + EntryBytes;

    /// <summary>Bytes of the submission entries' mapping.</summary>
    internal int EntryBytes => RoundUp((int)Submissions * SubmissionSize);

    /// <summary>Writes what does not change.</summary>
    internal void Initialize(RingMemory memory)
    {
        memory.Word(Masks) = Submissions - 1;
        memory.Word(Masks + 4) = Completions - 1;
        memory.Word(Sizes) = Submissions;
        memory.Word(Sizes + 4) = Completions;
    }

    /// <summary>What io_uring_setup(2) says of it.</summary>
    internal void Describe(ref RingParameters parameters)
    {
        parameters.SubmissionEntries = Submissions;
        parameters.CompletionEntries = Completions;
        parameters.Submission = new SubmissionOffsets
        {
            Head = SubmissionHead, Tail = SubmissionTail, Mask = Masks, Entries = Sizes,
            Flags = SubmissionFlags, Dropped = Dropped, Array = (uint)Array,
        };
        parameters.Completion = new CompletionOffsets
        {
            Head = CompletionHead, Tail = CompletionTail, Mask = Masks + 4, Entries = Sizes + 4,
            Overflow = Overflow, Completions = FirstCompletion, Flags = EventFlags,
        };
    }

    private static int RoundUp(int bytes) => (bytes + PageSize - 1) & ~(PageSize - 1);
}

// SPDX-License-Identifier: Apache-2.0
namespace Moat.Abi.Rings;

/// <summary>struct io_uring_params (io_uring_setup(2)).</summary>
public struct RingParameters
{
    public uint SubmissionEntries;
    public uint CompletionEntries;
    public RingSetupFlags Flags;
    public uint ThreadCpu;
    public uint ThreadIdle;
    public RingFeatures Features;
    public int AttachedTo;
    public uint Unused0;
    public uint Unused1;
    public uint Unused2;
    public SubmissionOffsets Submission;
    public CompletionOffsets Completion;
}

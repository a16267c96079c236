// SPDX-License-Identifier: Apache-2.0
using System.Runtime.InteropServices;

namespace Moat.Host.Children;

/// <summary>What the parent's half of <see cref="ChildThunk"/> works from.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct ChildControlBlock
{
    internal const int CloneArgumentsOffset = 0;
    internal const int CloneSizeOffset = 8;
    internal const int FirstStepOffset = 16;
    internal const int SavedMaskOffset = 24;
    internal const int FullMaskOffset = 32;
    internal const int FailedStepOffset = 40;
    internal const int LegacyFlagsOffset = 48;
    internal const int PidFdPointerOffset = 56;
    internal const int TidPointerOffset = 64;
    internal const int UseLegacyOffset = 72;

    internal ulong CloneArguments;
    internal ulong CloneSize;
    internal ulong FirstStep;
    internal ulong SavedMask;
    internal ulong FullMask;
    internal ulong FailedStep;
    internal ulong LegacyFlags;
    internal ulong PidFdPointer;
    internal ulong TidPointer;
    internal ulong UseLegacy;
    internal ulong EmptyMask;
    internal long PidFd;

    /// <summary>
    /// 1 until the child no longer uses our memory; the host clears it (CLONE_CHILD_CLEARTID).
    /// </summary>
    internal uint Running;
    internal uint Padding;
    internal CloneArguments Clone;
}

// SPDX-License-Identifier: Apache-2.0
namespace Moat.FileSystems.Proc;

/// <summary>The sizes of a mapping in /proc/PID/smaps, in its order.</summary>
internal enum MappingFigure
{
    Rss,
    Pss,
    PssDirty,
    SharedClean,
    SharedDirty,
    PrivateClean,
    PrivateDirty,
    Referenced,
    Anonymous,
    Ksm,
    LazyFree,
    AnonHugePages,
    ShmemPmdMapped,
    FilePmdMapped,
    SharedHugetlb,
    PrivateHugetlb,
    Swap,
    SwapPss,
    Locked,
}

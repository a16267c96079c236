// SPDX-License-Identifier: Apache-2.0
namespace Moat.Kernel.Time;

/// <summary>What a process has resident, in bytes.</summary>
/// <param name="Anonymous">Its own pages (RssAnon).</param>
/// <param name="File">Pages of files (RssFile).</param>
/// <param name="Shared">Pages of shared memory and tmpfs (RssShmem).</param>
public readonly record struct ResidentMemory(long Anonymous, long File, long Shared);

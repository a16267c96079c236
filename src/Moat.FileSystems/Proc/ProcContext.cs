// SPDX-License-Identifier: Apache-2.0
using Moat.Kernel;
using Moat.Vfs;

namespace Moat.FileSystems.Proc;

/// <summary>What all files of a procfs instance know.</summary>
/// <param name="FileSystem">The instance.</param>
/// <param name="Kernel">The kernel it shows.</param>
/// <param name="Facts">What it tells of the host.</param>
public sealed record ProcContext(FileSystem FileSystem, LinuxKernel Kernel, HostFacts Facts);

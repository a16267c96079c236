// SPDX-License-Identifier: Apache-2.0

namespace Moat.Memory;

/// <summary>How much of a mapping goes into a core file.</summary>
public enum DumpContent
{
    /// <summary>Its addresses only.</summary>
    Nothing,

    /// <summary>Its first page, if that begins an ELF file: who reads the core finds the build id.</summary>
    ElfHeader,
    Everything,
}

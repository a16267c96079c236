// SPDX-License-Identifier: Apache-2.0
namespace Moat.Vfs;

/// <summary>A descriptor table (struct files_struct); shared by CLONE_FILES.</summary>
public sealed class FdTable
{
}

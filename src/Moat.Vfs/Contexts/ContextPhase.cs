// SPDX-License-Identifier: Apache-2.0
namespace Moat.Vfs.Contexts;

/// <summary>How far a context of fsopen(2) is (enum fs_context_phase).</summary>
internal enum ContextPhase
{
    /// <summary>Options of a new file system come in.</summary>
    Creating,

    /// <summary>It is made, and waits for fsmount(2).</summary>
    AwaitingMount,

    /// <summary>Options that change a file system come in.</summary>
    Changing,

    /// <summary>Making or changing it failed, for good.</summary>
    Failed,
}

// SPDX-License-Identifier: Apache-2.0
namespace Moat.Bench;

/// <summary>How a row is measured.</summary>
internal enum RowKind
{
    /// <summary>Batches of one operation within a running sandbox.</summary>
    Micro,

    /// <summary>A whole command in a new sandbox.</summary>
    Program,

    /// <summary>A sandbox that waits.</summary>
    Idle,
}

// SPDX-License-Identifier: Apache-2.0
namespace Moat.Control.Boot;

/// <summary>One resource limit.</summary>
/// <param name="Resource">RLIMIT_* number.</param>
/// <param name="Soft">The limit.</param>
/// <param name="Hard">Its ceiling.</param>
public readonly record struct RlimitRequest(int Resource, ulong Soft, ulong Hard);

// SPDX-License-Identifier: Apache-2.0
namespace Moat.Vfs.Mounting;

/// <summary>A copy that is to appear on another mount of the same peer group.</summary>
/// <param name="Copy">The copy.</param>
/// <param name="Parent">What it is to be mounted on.</param>
internal readonly record struct PropagatedMount(Mount Copy, Mount Parent);

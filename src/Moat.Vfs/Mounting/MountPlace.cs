// SPDX-License-Identifier: Apache-2.0
namespace Moat.Vfs.Mounting;

/// <summary>
/// Where a mount is attached: one object, so that walks never combine an old with a new half.
/// </summary>
/// <param name="parent">What it is mounted on.</param>
/// <param name="dentry">The place in it.</param>
internal sealed class MountPlace(Mount parent, Dentry dentry)
{
    internal Mount Parent { get; } = parent;

    internal Dentry Dentry { get; } = dentry;
}

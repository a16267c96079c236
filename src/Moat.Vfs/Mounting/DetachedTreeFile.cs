// SPDX-License-Identifier: Apache-2.0
using Moat.Abi;

namespace Moat.Vfs.Mounting;

/// <summary>The O_PATH file that holds a detached tree of mounts (FMODE_NEED_UNMOUNT).</summary>
public sealed class DetachedTreeFile(Mount top) : PathFile(top.RootLocation, OpenFlags.Path)
{
    /// <inheritdoc/>
    protected override void Destroy()
    {
        base.Destroy();
        DetachedTrees.Dissolve(top);
    }
}

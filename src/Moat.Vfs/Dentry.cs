// SPDX-License-Identifier: Apache-2.0
namespace Moat.Vfs;

/// <summary>A name in a directory and the inode it leads to, if any.</summary>
public sealed class Dentry
{
}

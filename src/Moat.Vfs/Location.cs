// SPDX-License-Identifier: Apache-2.0
namespace Moat.Vfs;

/// <summary>A place in the mount tree (struct path): a dentry as seen through a mount.</summary>
public readonly record struct Location(Mount Mount, Dentry Dentry);

// SPDX-License-Identifier: Apache-2.0
namespace Moat.Vfs;

/// <summary>One mounted file system in a mount namespace.</summary>
public sealed class Mount
{
}

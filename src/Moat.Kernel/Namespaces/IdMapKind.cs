// SPDX-License-Identifier: Apache-2.0
namespace Moat.Kernel.Namespaces;

/// <summary>The maps of a user namespace.</summary>
public enum IdMapKind
{
    User,
    Group,
    Project,
}

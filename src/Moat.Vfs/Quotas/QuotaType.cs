// SPDX-License-Identifier: Apache-2.0
namespace Moat.Vfs.Quotas;

/// <summary>Whose quotas (USRQUOTA and the like).</summary>
public enum QuotaType
{
    User,
    Group,
    Project,
}

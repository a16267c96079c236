// SPDX-License-Identifier: Apache-2.0
namespace Moat.Abi.Quotas;

/// <summary>Commands of quotactl(2).</summary>
[LinuxPrefix("Q_")]
public enum QuotaCommand : uint
{
    [LinuxName("Q_SYNC")] Sync = 0x800001,
    [LinuxName("Q_QUOTAON")] On = 0x800002,
    [LinuxName("Q_QUOTAOFF")] Off = 0x800003,
    [LinuxName("Q_GETFMT")] GetFormat = 0x800004,
    [LinuxName("Q_GETINFO")] GetInfo = 0x800005,
    [LinuxName("Q_SETINFO")] SetInfo = 0x800006,
    [LinuxName("Q_GETQUOTA")] GetQuota = 0x800007,
    [LinuxName("Q_SETQUOTA")] SetQuota = 0x800008,
    [LinuxName("Q_GETNEXTQUOTA")] GetNextQuota = 0x800009,
}

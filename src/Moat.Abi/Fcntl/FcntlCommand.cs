// SPDX-License-Identifier: Apache-2.0
namespace Moat.Abi.Fcntl;

/// <summary>Commands of fcntl(2).</summary>
[LinuxPrefix("F_")]
public enum FcntlCommand : uint
{
    [LinuxName("F_DUPFD")] Duplicate = 0,
    [LinuxName("F_GETFD")] GetDescriptorFlags = 1,
    [LinuxName("F_SETFD")] SetDescriptorFlags = 2,
    [LinuxName("F_GETFL")] GetStatusFlags = 3,
    [LinuxName("F_SETFL")] SetStatusFlags = 4,
    [LinuxName("F_GETLK")] GetLock = 5,
    [LinuxName("F_SETLK")] SetLock = 6,
    [LinuxName("F_SETLKW")] SetLockWait = 7,
    [LinuxName("F_SETOWN")] SetOwner = 8,
    [LinuxName("F_GETOWN")] GetOwner = 9,
    [LinuxName("F_SETSIG")] SetSignal = 10,
    [LinuxName("F_GETSIG")] GetSignal = 11,
    [LinuxName("F_SETOWN_EX")] SetOwnerEx = 15,
    [LinuxName("F_GETOWN_EX")] GetOwnerEx = 16,
    [LinuxName("F_GETOWNER_UIDS")] GetOwnerUids = 17,
    [LinuxName("F_OFD_GETLK")] GetFileLock = 36,
    [LinuxName("F_OFD_SETLK")] SetFileLock = 37,
    [LinuxName("F_OFD_SETLKW")] SetFileLockWait = 38,
    [LinuxName("F_SETLEASE")] SetLease = 1024,
    [LinuxName("F_GETLEASE")] GetLease = 1025,
    [LinuxName("F_NOTIFY")] Notify = 1026,
    [LinuxName("F_DUPFD_QUERY")] DuplicateQuery = 1027,
    [LinuxName("F_DUPFD_CLOEXEC")] DuplicateCloseOnExec = 1030,
    [LinuxName("F_SETPIPE_SZ")] SetPipeSize = 1031,
    [LinuxName("F_GETPIPE_SZ")] GetPipeSize = 1032,
    [LinuxName("F_ADD_SEALS")] AddSeals = 1033,
    [LinuxName("F_GET_SEALS")] GetSeals = 1034,
}

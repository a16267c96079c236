// SPDX-License-Identifier: Apache-2.0
namespace Moat.Abi.Resources;

/// <summary>RLIMIT_ numbers (include/uapi/asm-generic/resource.h).</summary>
public enum Resource : uint
{
    [LinuxName("RLIMIT_CPU")] Cpu = 0,
    [LinuxName("RLIMIT_FSIZE")] FileSize = 1,
    [LinuxName("RLIMIT_DATA")] Data = 2,
    [LinuxName("RLIMIT_STACK")] Stack = 3,
    [LinuxName("RLIMIT_CORE")] Core = 4,
    [LinuxName("RLIMIT_RSS")] ResidentSet = 5,
    [LinuxName("RLIMIT_NPROC")] Processes = 6,
    [LinuxName("RLIMIT_NOFILE")] OpenFiles = 7,
    [LinuxName("RLIMIT_MEMLOCK")] LockedMemory = 8,
    [LinuxName("RLIMIT_AS")] AddressSpace = 9,
    [LinuxName("RLIMIT_LOCKS")] Locks = 10,
    [LinuxName("RLIMIT_SIGPENDING")] PendingSignals = 11,
    [LinuxName("RLIMIT_MSGQUEUE")] MessageQueues = 12,
    [LinuxName("RLIMIT_NICE")] Nice = 13,
    [LinuxName("RLIMIT_RTPRIO")] RealtimePriority = 14,
    [LinuxName("RLIMIT_RTTIME")] RealtimeTime = 15,
}

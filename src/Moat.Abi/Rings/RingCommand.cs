// SPDX-License-Identifier: Apache-2.0
namespace Moat.Abi.Rings;

/// <summary>Operations of io_uring_register(2).</summary>
[LinuxPrefix("IORING_")]
public enum RingCommand : uint
{
    [LinuxName("IORING_REGISTER_BUFFERS")] RegisterBuffers = 0,
    [LinuxName("IORING_UNREGISTER_BUFFERS")] UnregisterBuffers = 1,
    [LinuxName("IORING_REGISTER_FILES")] RegisterFiles = 2,
    [LinuxName("IORING_UNREGISTER_FILES")] UnregisterFiles = 3,
    [LinuxName("IORING_REGISTER_EVENTFD")] RegisterEvent = 4,
    [LinuxName("IORING_UNREGISTER_EVENTFD")] UnregisterEvent = 5,
    [LinuxName("IORING_REGISTER_FILES_UPDATE")] UpdateFiles = 6,
    [LinuxName("IORING_REGISTER_EVENTFD_ASYNC")] RegisterAsyncEvent = 7,
    [LinuxName("IORING_REGISTER_PROBE")] Probe = 8,
    [LinuxName("IORING_REGISTER_ENABLE_RINGS")] Enable = 12,
}

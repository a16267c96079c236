// SPDX-License-Identifier: Apache-2.0
namespace Moat.Abi.Mman;

/// <summary>MEMBARRIER_CMD_ values of membarrier(2).</summary>
[LinuxPrefix("MEMBARRIER_CMD_")]
public enum MembarrierCommand
{
    Query = 0,
    Global = 1,
    [LinuxName("MEMBARRIER_CMD_GLOBAL_EXPEDITED")] GlobalExpedited = 2,
    [LinuxName("MEMBARRIER_CMD_REGISTER_GLOBAL_EXPEDITED")] RegisterGlobalExpedited = 4,
    [LinuxName("MEMBARRIER_CMD_PRIVATE_EXPEDITED")] PrivateExpedited = 8,
    [LinuxName("MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED")] RegisterPrivateExpedited = 16,
    [LinuxName("MEMBARRIER_CMD_PRIVATE_EXPEDITED_SYNC_CORE")] PrivateExpeditedSyncCore = 32,
    [LinuxName("MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED_SYNC_CORE")] RegisterPrivateExpeditedSyncCore = 64,
    [LinuxName("MEMBARRIER_CMD_PRIVATE_EXPEDITED_RSEQ")] PrivateExpeditedRseq = 128,
    [LinuxName("MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED_RSEQ")] RegisterPrivateExpeditedRseq = 256,
    [LinuxName("MEMBARRIER_CMD_GET_REGISTRATIONS")] GetRegistrations = 512,
}

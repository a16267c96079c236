// SPDX-License-Identifier: Apache-2.0
namespace Moat.Abi.Mman;

/// <summary>MEMBARRIER_CMD_ values of membarrier(2).</summary>
public enum MembarrierCommand
{
    Query = 0,
    Global = 1,
    GlobalExpedited = 2,
    RegisterGlobalExpedited = 4,
    PrivateExpedited = 8,
    RegisterPrivateExpedited = 16,
    PrivateExpeditedSyncCore = 32,
    RegisterPrivateExpeditedSyncCore = 64,
    PrivateExpeditedRseq = 128,
    RegisterPrivateExpeditedRseq = 256,
    GetRegistrations = 512,
}

// SPDX-License-Identifier: Apache-2.0
namespace Moat.Abi.Capabilities;

/// <summary>struct __user_cap_data_struct (capget(2)): 32 capabilities of each set.</summary>
/// <param name="Effective">Effective set.</param>
/// <param name="Permitted">Permitted set.</param>
/// <param name="Inheritable">Inheritable set.</param>
public readonly record struct CapabilityData(uint Effective, uint Permitted, uint Inheritable);

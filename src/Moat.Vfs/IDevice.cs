// SPDX-License-Identifier: Apache-2.0
using Moat.Abi;
using Moat.Base;

namespace Moat.Vfs;

/// <summary>A device driver: what opening a device node gives.</summary>
public interface IDevice
{
    /// <summary>Opens the device through a node of it.</summary>
    /// <param name="caller">Who opens.</param>
    /// <param name="location">The node.</param>
    /// <param name="deviceId">The node's st_rdev.</param>
    /// <param name="flags">Access mode and status flags.</param>
    Result<OpenFile> Open(Caller caller, Location location, ulong deviceId, OpenFlags flags);
}

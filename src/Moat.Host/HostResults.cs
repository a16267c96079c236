// SPDX-License-Identifier: Apache-2.0
using Moat.Abi;
using Moat.Base;

namespace Moat.Host;

/// <summary>Turns raw results into typed ones.</summary>
internal static class HostResults
{
    /// <summary>A result that is a small number or a descriptor.</summary>
    internal static Result<int> AsInt(this SysResult result) =>
        result.IsError ? result.Error : (int)result.Raw;

    /// <summary>A result that is a length or an address.</summary>
    internal static Result<ulong> AsUlong(this SysResult result) =>
        result.IsError ? result.Error : (ulong)result.Raw;
}

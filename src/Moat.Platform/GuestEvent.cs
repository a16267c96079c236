// SPDX-License-Identifier: Apache-2.0
namespace Moat.Platform;

/// <summary>One stop of guest code. Everything in it is the guest's word.</summary>
/// <param name="Kind">Why.</param>
/// <param name="Signal">The host signal of a fault.</param>
/// <param name="Code">si_code of a fault.</param>
/// <param name="Address">si_addr of a fault.</param>
public readonly record struct GuestEvent(GuestEventKind Kind, int Signal = 0, int Code = 0,
    ulong Address = 0);

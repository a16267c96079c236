// SPDX-License-Identifier: Apache-2.0
namespace Moat.Abi.Events;

/// <summary>struct pollfd (poll(2)).</summary>
/// <param name="Fd">The descriptor; negative entries are skipped.</param>
/// <param name="Events">What to wait for.</param>
/// <param name="Returned">What is there.</param>
public readonly record struct PollDescriptor(int Fd, short Events, short Returned);

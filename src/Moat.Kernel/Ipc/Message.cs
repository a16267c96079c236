// SPDX-License-Identifier: Apache-2.0
namespace Moat.Kernel.Ipc;

/// <summary>A message in a System V queue.</summary>
/// <param name="Type">Positive.</param>
/// <param name="Text">Its bytes.</param>
public sealed record Message(long Type, byte[] Text);

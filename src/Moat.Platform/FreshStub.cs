// SPDX-License-Identifier: Apache-2.0
namespace Moat.Platform;

/// <summary>A stub that has not run guest code: its address space holds nothing but the platform.</summary>
/// <param name="Process">The process; the receiver owns its reference.</param>
/// <param name="Thread">Its only thread, waiting for orders and first registers.</param>
public sealed record FreshStub(StubProcess Process, StubThread Thread);

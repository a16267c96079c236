// SPDX-License-Identifier: Apache-2.0
using Moat.Abi.Mman;

namespace Moat.Memory.Tests;

/// <summary>One page of a <see cref="FakeStub"/>.</summary>
public sealed record FakePage(MemoryProtection Protection, bool IsShared, int Fd, ulong Offset);

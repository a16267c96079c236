// SPDX-License-Identifier: Apache-2.0
namespace Moat.Platform;

/// <summary>A signal that the stub's handler has published: where its frame lies, checked to be in the area.
/// </summary>
/// <param name="Signal">The host signal.</param>
/// <param name="Context">Offset of the ucontext in the area.</param>
/// <param name="Info">Offset of the siginfo in the area.</param>
/// <param name="Rip">The interrupted instruction, read once.</param>
internal readonly record struct StubStop(int Signal, int Context, int Info, ulong Rip);

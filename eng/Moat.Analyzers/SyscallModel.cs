// SPDX-License-Identifier: Apache-2.0
namespace Moat.Analyzers;

/// <summary>
/// One [Syscall] declaration. Dispatch, strace and table are emitted from it; the stub's marshalling table is
/// to become a fourth emitter over the same model (with the lengths of buffers as parameter attributes).
/// </summary>
internal sealed record SyscallModel(
    string Name,
    string Method,
    string Summary,
    EquatableArray<ParameterModel> Parameters,
    EquatableArray<DiagnosticInfo> Problems,
    LocationInfo Location);

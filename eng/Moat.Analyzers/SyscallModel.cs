// SPDX-License-Identifier: Apache-2.0
namespace Moat.Analyzers;

/// <summary>
/// One [Syscall] declaration. Dispatch, strace, the stubs' table of inputs and the documentation are emitted
/// from it.
/// </summary>
internal sealed record SyscallModel(
    string Name,
    string Method,
    string Summary,
    EquatableArray<ParameterModel> Parameters,
    EquatableArray<DiagnosticInfo> Problems,
    LocationInfo Location);

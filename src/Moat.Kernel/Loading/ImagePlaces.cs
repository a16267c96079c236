// SPDX-License-Identifier: Apache-2.0
namespace Moat.Kernel.Loading;

/// <summary>Where the files of a program were put: what to add to addresses in them.</summary>
/// <param name="ProgramBias">The program's; 0 for ET_EXEC.</param>
/// <param name="InterpreterBias">The interpreter's (AT_BASE); 0 for none.</param>
internal readonly record struct ImagePlaces(ulong ProgramBias, ulong InterpreterBias);

// SPDX-License-Identifier: Apache-2.0
namespace Moat.Analyzers;

/// <summary>Bytes that a call reads through a parameter, which the stub copies ahead.</summary>
/// <param name="Element">The type of an element; empty for a NUL-terminated string.</param>
/// <param name="Count">The parameter that counts the elements, from 0; -1 for one element.</param>
internal sealed record InputModel(string Element, int Count);

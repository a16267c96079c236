// SPDX-License-Identifier: Apache-2.0
namespace Moat.Analyzers;

/// <summary>One name of an enum and its bits.</summary>
internal sealed record EnumMember(string Name, ulong Value);

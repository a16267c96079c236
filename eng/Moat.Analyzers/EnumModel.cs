// SPDX-License-Identifier: Apache-2.0
namespace Moat.Analyzers;

/// <summary>What strace output needs to know of an enum.</summary>
internal sealed record EnumModel(string FullName, string Underlying, bool IsFlags,
    EquatableArray<EnumMember> Members);

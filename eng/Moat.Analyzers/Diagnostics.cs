// SPDX-License-Identifier: Apache-2.0
using Microsoft.CodeAnalysis;

namespace Moat.Analyzers;

/// <summary>The compile errors a [Syscall] declaration can earn.</summary>
internal static class Diagnostics
{
    public const string UnknownName = "MOAT001";
    public const string Duplicate = "MOAT002";
    public const string Undecodable = "MOAT003";
    public const string Signature = "MOAT004";
    public const string TooMany = "MOAT005";

    private static readonly DiagnosticDescriptor s_unknownName = Error(
        UnknownName, "Unknown system call", "'{0}' is not a system call of Moat.Abi.SyscallNumber{1}");

    private static readonly DiagnosticDescriptor s_duplicate = Error(
        Duplicate, "System call declared twice", "'{0}' is already implemented by {1}");

    private static readonly DiagnosticDescriptor s_undecodable = Error(
        Undecodable,
        "Undecodable parameter",
        "Parameter '{0}' of type '{1}' is not int, uint, long, ulong, an enum of these, "
        + "GuestPtr<T>, GuestString or GuestBuffer");

    private static readonly DiagnosticDescriptor s_signature = Error(
        Signature, "Wrong system call signature", "'{0}' must be {1}");

    private static readonly DiagnosticDescriptor s_tooMany = Error(
        TooMany, "Too many parameters",
        "'{0}' has {1} parameters after the task; six registers are all there is");

    public static DiagnosticDescriptor ById(string id) => id switch
    {
        UnknownName => s_unknownName,
        Duplicate => s_duplicate,
        Undecodable => s_undecodable,
        Signature => s_signature,
        _ => s_tooMany,
    };

    private static DiagnosticDescriptor Error(string id, string title, string message) =>
        new(id, title, message, "Moat.Syscalls", DiagnosticSeverity.Error, isEnabledByDefault: true);
}

// SPDX-License-Identifier: Apache-2.0
using Moat.Abi;

namespace Moat.Base;

/// <summary>What a system call leaves in rax: a value, or a negated <see cref="Errno"/>.</summary>
/// <param name="Raw">The register value.</param>
public readonly record struct SysResult(long Raw)
{
    /// <summary>True for -4095..-1.</summary>
    public bool IsError => (ulong)Raw > unchecked((ulong)-4096L);

    /// <summary>The error number, or <see cref="Errno.Success"/>.</summary>
    public Errno Error => IsError ? (Errno)(-Raw) : Errno.Success;

    public static implicit operator SysResult(Errno error) => new(-(long)error);

    public static implicit operator SysResult(long value) => new(value);

    public static implicit operator SysResult(ulong value) => new((long)value);

    public static implicit operator SysResult(int value) => new(value);

    public static implicit operator SysResult(Result<int> result) =>
        result.TryGet(out int value, out Errno error) ? new(value) : new(-(long)error);

    public static implicit operator SysResult(Result<long> result) =>
        result.TryGet(out long value, out Errno error) ? new(value) : new(-(long)error);

    public static implicit operator SysResult(Result<ulong> result) =>
        result.TryGet(out ulong value, out Errno error) ? new((long)value) : new(-(long)error);
}

// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics.CodeAnalysis;
using Moat.Abi;

namespace Moat.Base;

/// <summary>A value or a Linux error number: what kernel code returns instead of throwing.</summary>
/// <typeparam name="T">The value's type.</typeparam>
public readonly struct Result<T>
{
    private readonly T _value;

    private Result(T value, Errno error)
    {
        _value = value;
        Error = error;
    }

    /// <summary>The error, or <see cref="Errno.Success"/>.</summary>
    public Errno Error { get; }

    /// <summary>True when there is a value.</summary>
    public bool IsOk => Error == Errno.Success;

    /// <summary>Takes the value, or the error.</summary>
    public bool TryGet([MaybeNullWhen(false)] out T value, out Errno error)
    {
        value = _value;
        error = Error;
        return error == Errno.Success;
    }

    /// <summary>The value, where the caller has already checked <see cref="IsOk"/>.</summary>
    public T Value => _value;

    public static implicit operator Result<T>(T value) => new(value, Errno.Success);

    public static implicit operator Result<T>(Errno error) => new(default!, error);
}

// SPDX-License-Identifier: Apache-2.0
using System;
using System.Globalization;
using Moat.Abi;
using Moat.Base;
using Moat.Vfs;
using Moat.Vfs.Contexts;
using Moat.Vfs.Namespaces;

namespace Moat.FileSystems;

/// <summary>
/// Options of a file system that the kernel makes up: those that Linux knows are checked, and none of them
/// acts.
/// </summary>
/// <param name="typeName">As in /proc/filesystems.</param>
/// <param name="owner">Where it needs CAP_SYS_ADMIN.</param>
/// <param name="make">Makes an instance.</param>
/// <param name="options">Names: with "=" for a text, "=8" and "=10" for numbers; without for flags.</param>
public sealed class ListedConfig(string typeName, UserNamespace owner, Func<FileSystem> make,
    params string[] options) : FileSystemConfig(typeName, owner)
{
    /// <summary>There is one in each namespace.</summary>
    public bool IsOneOfNamespace { get; init; }

    /// <inheritdoc/>
    public override bool IsShared => IsOneOfNamespace;

    /// <inheritdoc/>
    protected override bool TrySet(Caller caller, in FsParameter parameter, out Errno error)
    {
        error = Errno.Success;
        foreach (string option in options)
        {
            int equals = option.IndexOf('=', StringComparison.Ordinal);
            ReadOnlySpan<char> name = equals < 0 ? option : option.AsSpan(0, equals);
            if (name.SequenceEqual(parameter.Key))
            {
                error = equals < 0
                    ? parameter.Kind == ParameterKind.Flag
                        ? error : Complain($"Unexpected value for '{parameter.Key}'")
                    : IsGood(parameter, option.AsSpan(equals + 1)) ? error : BadValue(parameter.Key);
                return true;
            }
        }

        return false;
    }

    /// <inheritdoc/>
    protected override Result<FileSystem> Make(Caller caller) => make();

    private static bool IsGood(in FsParameter parameter, ReadOnlySpan<char> kind)
    {
        string text = parameter.Text;
        return parameter.Kind == ParameterKind.String && text.Length > 0
            && (kind.IsEmpty || (kind is "8" ? text.AsSpan().IndexOfAnyExceptInRange('0', '7') < 0
                : uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out _)));
    }
}

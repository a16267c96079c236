// SPDX-License-Identifier: Apache-2.0
namespace Moat.Vfs.Contexts;

/// <summary>One option of a file system (struct fs_parameter).</summary>
/// <param name="Key">Its name.</param>
/// <param name="Kind">How its value was given.</param>
/// <param name="Text">The value, when it is a text.</param>
public readonly record struct FsParameter(string Key, ParameterKind Kind, string Text)
{
    /// <summary>One from an option string: "key" or "key=value".</summary>
    public static FsParameter Parse(string item)
    {
        int equals = item.IndexOf('=', System.StringComparison.Ordinal);
        return equals < 0 ? new(item, ParameterKind.Flag, "")
            : new(item[..equals], ParameterKind.String, item[(equals + 1)..]);
    }
}

// SPDX-License-Identifier: Apache-2.0
using System;
using System.Globalization;
using Moat.Abi;
using Moat.Base;

namespace Moat.FileSystems.Tmpfs;

/// <summary>Options of a tmpfs instance (tmpfs(5)).</summary>
public sealed record TmpfsOptions
{
    private const long PageSize = 4096;

    /// <summary>Most bytes of content; 0 for no limit.</summary>
    public long SizeLimit { get; init; }

    /// <summary>The limit was asked for; the usual one does not show in /proc/mounts.</summary>
    public bool ShowsSize { get; init; }

    /// <summary>Its type in /proc/mounts: some that hold nothing but names are a tmpfs here.</summary>
    public string TypeName { get; init; } = "tmpfs";

    /// <summary>f_type of statfs(2).</summary>
    public ulong Magic { get; init; } = 0x01021994;

    /// <summary>Most inodes; 0 for no limit.</summary>
    public long InodeLimit { get; init; } = 1 << 20;

    /// <summary>Permissions of the root directory.</summary>
    public uint Mode { get; init; } = 0x3ff;
    public uint Uid { get; init; }
    public uint Gid { get; init; }

    /// <summary>Where descriptors for mapped files come from.</summary>
    public DescriptorBudget Descriptors { get; init; } = new(8192);

    /// <summary>Where the memory of large files comes from.</summary>
    public PagePool Pages { get; init; } = new();

    /// <summary>
    /// Reads "size=64k,mode=1777,nr_inodes=10k,uid=0,gid=0"; EINVAL for what tmpfs does not know.
    /// </summary>
    /// <param name="data">The option string of mount(2).</param>
    /// <param name="defaults">What is not named stays as here.</param>
    /// <param name="totalMemory">For sizes in percent.</param>
    public static Result<TmpfsOptions> Parse(string data, TmpfsOptions defaults, long totalMemory)
    {
        TmpfsOptions options = defaults;
        foreach (string item in data.Split(',', StringSplitOptions.RemoveEmptyEntries))
        {
            int equals = item.IndexOf('=', StringComparison.Ordinal);
            string key = equals < 0 ? item : item[..equals];
            string value = equals < 0 ? "" : item[(equals + 1)..];
            Result<TmpfsOptions> next = options.With(key, value, totalMemory);
            if (!next.IsOk)
            {
                return next;
            }

            options = next.Value;
        }

        return options;
    }

    private Result<TmpfsOptions> With(string key, string value, long totalMemory)
    {
        switch (key)
        {
            case "size":
                return TrySize(value, totalMemory, out long size)
                    ? this with { SizeLimit = size, ShowsSize = true } : Errno.EINVAL;
            case "nr_blocks":
                return TrySize(value, totalMemory, out long blocks)
                    ? this with { SizeLimit = blocks * PageSize, ShowsSize = true } : Errno.EINVAL;
            case "nr_inodes":
                return TrySize(value, totalMemory, out long inodes)
                    ? this with { InodeLimit = inodes } : Errno.EINVAL;
            case "mode":
                return TryOctal(value, out uint mode) ? this with { Mode = mode & 0xfff } : Errno.EINVAL;
            case "uid":
                return uint.TryParse(value, CultureInfo.InvariantCulture, out uint uid)
                    ? this with { Uid = uid } : Errno.EINVAL;
            case "gid":
                return uint.TryParse(value, CultureInfo.InvariantCulture, out uint gid)
                    ? this with { Gid = gid } : Errno.EINVAL;
            case "huge" or "mpol" or "inode32" or "inode64" or "noswap":
                return this;
            default:
                return Errno.EINVAL;
        }
    }

    private static bool TrySize(string text, long totalMemory, out long size)
    {
        size = 0;
        if (text.EndsWith('%'))
        {
            bool percent = int.TryParse(text[..^1], CultureInfo.InvariantCulture, out int part)
                && part is >= 0 and <= 100;
            size = totalMemory / 100 * part;
            return percent;
        }

        int shift = text.Length == 0
            ? 0 : char.ToLowerInvariant(text[^1]) switch { 'k' => 10, 'm' => 20, 'g' => 30, _ => 0 };
        string digits = shift == 0 ? text : text[..^1];
        if (!long.TryParse(digits, CultureInfo.InvariantCulture, out size) || size < 0
            || size > long.MaxValue >> shift)
        {
            return false;
        }

        size <<= shift;
        return true;
    }

    private static bool TryOctal(string text, out uint value)
    {
        value = 0;
        foreach (char digit in text)
        {
            if (digit is < '0' or > '7' || value > 0xfff)
            {
                return false;
            }

            value = (value << 3) | (uint)(digit - '0');
        }

        return text.Length > 0;
    }
}

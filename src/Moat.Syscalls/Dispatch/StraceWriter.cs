// SPDX-License-Identifier: Apache-2.0
using System;
using System.Globalization;
using System.Text;
using Moat.Abi;
using Moat.Memory;

namespace Moat.Syscalls.Dispatch;

/// <summary>
/// Formats one system call's arguments as strace(1) does. Guest strings are escaped and cut.
/// </summary>
internal sealed class StraceWriter(UserMemory memory)
{
    private const int MaxString = 64;
    private const ulong OpenAccessMode = 3;

    private readonly StringBuilder _text = new();
    private bool _first = true;

    /// <summary>Starts "name(".</summary>
    public void Begin(string name) => _text.Append(name).Append('(');

    /// <summary>Ends the list and returns it.</summary>
    public string End() => _text.Append(')').ToString();

    public void Int(string name, int value)
    {
        Separate();
        if (value == -100 && IsDirectory(name))
        {
            _text.Append("AT_FDCWD");
            return;
        }

        _text.Append(CultureInfo.InvariantCulture, $"{value}");
    }

    public void UInt(string name, uint value)
    {
        Separate();
        if (name is "mode" or "mask" or "umask")
        {
            _text.Append('0').Append(Convert.ToString(value, 8).PadLeft(2, '0'));
            return;
        }

        _text.Append(CultureInfo.InvariantCulture, $"{value}");
    }

    public void Long(string name, long value)
    {
        Separate();
        _text.Append(CultureInfo.InvariantCulture, $"{value}");
    }

    public void ULong(string name, ulong value)
    {
        if (name.Contains("addr", StringComparison.OrdinalIgnoreCase))
        {
            Address(value);
            return;
        }

        Separate();
        _text.Append(CultureInfo.InvariantCulture, $"{value}");
    }

    public void Address(ulong address)
    {
        Separate();
        if (address == 0)
        {
            _text.Append("NULL");
            return;
        }

        _text.Append(CultureInfo.InvariantCulture, $"0x{address:x}");
    }

    public void Hex(ulong value)
    {
        Separate();
        _text.Append(CultureInfo.InvariantCulture, $"0x{value:x}");
    }

    /// <summary>A NUL-terminated guest string, or its address when it cannot be read.</summary>
    public void String(ulong address)
    {
        Span<byte> buffer = stackalloc byte[MaxString + 1];
        if (address == 0)
        {
            Address(0);
            return;
        }

        if (memory.ReadString(address, buffer).TryGet(out int length, out Errno error))
        {
            Separate();
            AppendQuoted(buffer[..length]);
        }
        else if (error == Errno.ENAMETOOLONG)
        {
            Separate();
            AppendQuoted(buffer[..MaxString]);
            _text.Append("...");
        }
        else
        {
            Address(address);
        }
    }

    /// <summary>One of several names, or the number.</summary>
    public void Choice(ulong value, ReadOnlySpan<ulong> values, string names)
    {
        Separate();
        int index = values.IndexOf(value);
        if (index >= 0)
        {
            AppendName(names, index);
            return;
        }

        _text.Append(CultureInfo.InvariantCulture, $"0x{value:x}");
    }

    /// <summary>Names joined with |, bits without a name in hex.</summary>
    public void Flags(ulong value, ReadOnlySpan<ulong> values, string names)
    {
        Separate();
        ulong rest = value;
        bool any = false;
        if ((value & OpenAccessMode) == 0 && names.EndsWith("|O_RDONLY|", StringComparison.Ordinal))
        {
            // The one set whose zero is a choice of its own rather than "no flag".
            _text.Append("O_RDONLY");
            any = true;
        }

        for (int i = 0; i < values.Length; i++)
        {
            if (values[i] != 0 && (rest & values[i]) == values[i])
            {
                _text.Append(any ? "|" : string.Empty);
                AppendName(names, i);
                rest &= ~values[i];
                any = true;
            }
        }

        if (rest != 0)
        {
            _text.Append(any ? "|" : string.Empty).Append(CultureInfo.InvariantCulture, $"0x{rest:x}");
        }
        else if (!any)
        {
            int zero = values.IndexOf(0UL);
            if (zero >= 0)
            {
                AppendName(names, zero);
            }
            else
            {
                _text.Append('0');
            }
        }
    }

    private static bool IsDirectory(string name) =>
        name.Contains("dir", StringComparison.OrdinalIgnoreCase)
            || name is "dfd" or "atFd" or "oldFd" or "newFd";

    private void Separate()
    {
        if (!_first)
        {
            _text.Append(", ");
        }

        _first = false;
    }

    private void AppendName(string names, int index)
    {
        ReadOnlySpan<char> rest = names;
        for (; index > 0; index--)
        {
            rest = rest[(rest.IndexOf('|') + 1)..];
        }

        _text.Append(rest[..rest.IndexOf('|')]);
    }

    private void AppendQuoted(ReadOnlySpan<byte> bytes)
    {
        _text.Append('"');
        for (int i = 0; i < bytes.Length; i++)
        {
            byte b = bytes[i];
            switch (b)
            {
                case (byte)'"' or (byte)'\\':
                    _text.Append('\\').Append((char)b);
                    break;
                case >= 0x20 and < 0x7f:
                    _text.Append((char)b);
                    break;
                case (byte)'\n':
                    _text.Append("\\n");
                    break;
                case (byte)'\t':
                    _text.Append("\\t");
                    break;
                case (byte)'\r':
                    _text.Append("\\r");
                    break;
                case (byte)'\v':
                    _text.Append("\\v");
                    break;
                case (byte)'\f':
                    _text.Append("\\f");
                    break;
                default:
                    // Three digits where a digit follows, as strace does, so that the escape ends where it
                    // should.
                    bool digitNext = i + 1 < bytes.Length && bytes[i + 1] is >= (byte)'0' and <= (byte)'9';
                    _text.Append('\\').Append(Convert.ToString(b, 8).PadLeft(digitNext ? 3 : 1, '0'));
                    break;
            }
        }

        _text.Append('"');
    }
}

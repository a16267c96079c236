// SPDX-License-Identifier: Apache-2.0
using System.Text;
using Moat.Abi;
using Moat.Host.Files;

namespace Moat.Cli.Errors;

/// <summary>Words for error numbers, and writing of error lines.</summary>
internal static class ErrorText
{
    /// <summary>Says an errno the way perror(3) does.</summary>
    internal static string Of(Errno error) => error switch
    {
        Errno.EPERM => "operation not permitted",
        Errno.ENOENT => "no such file or directory",
        Errno.EACCES => "permission denied",
        Errno.ENOTDIR => "not a directory",
        Errno.EISDIR => "is a directory",
        Errno.EINVAL => "invalid argument",
        Errno.ENOSYS => "not supported by the host's kernel",
        Errno.ENOSPC => "no space or quota left (for namespaces see /proc/sys/user)",
        Errno.EUSERS => "too many nested namespaces",
        Errno.ENOMEM => "out of memory",
        Errno.EMFILE => "too many open files",
        Errno.EEXIST => "exists already",
        Errno.ELOOP => "too many symbolic links",
        Errno.ENAMETOOLONG => "name too long",
        Errno.ECONNREFUSED => "nobody answers there",
        _ => error.ToString(),
    };

    /// <summary>Writes "moat: TEXT" to standard error and returns the status.</summary>
    internal static int Report(MoatError error)
    {
        WriteLine($"moat: {error.Message}");
        return error.Status;
    }

    /// <summary>Writes a line to standard error; control characters of names are shown escaped.</summary>
    internal static void WriteLine(string text)
    {
        var line = new StringBuilder(text.Length + 1);
        foreach (char c in text)
        {
            line.Append(c < ' ' || c == 0x7f ? '?' : c);
        }

        line.Append('\n');
        _ = HostFile.Write(2, Encoding.UTF8.GetBytes(line.ToString()));
    }
}

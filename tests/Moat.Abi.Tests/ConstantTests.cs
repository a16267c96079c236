// SPDX-License-Identifier: Apache-2.0
using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Reflection;
using System.Text;
using System.Text.RegularExpressions;
using Moat.Testing;
using Xunit;

namespace Moat.Abi.Tests;

/// <summary>Every named constant has the value that the real headers give it.</summary>
public class ConstantTests
{
    private const string Headers = """
        #define _GNU_SOURCE
        #include <stdio.h>
        #include <errno.h>
        #include <fcntl.h>
        #include <poll.h>
        #include <sched.h>
        #include <signal.h>
        #include <unistd.h>
        #include <asm/prctl.h>
        #include <asm/unistd.h>
        #include <linux/aio_abi.h>
        #include <linux/io_uring.h>
        #include <linux/capability.h>
        #include <linux/falloc.h>
        #include <linux/futex.h>
        #include <linux/keyctl.h>
        #include <linux/landlock.h>
        #include <linux/magic.h>
        #include <linux/openat2.h>
        #include <linux/prctl.h>
        #include <linux/sched.h>
        #include <linux/close_range.h>
        #include <linux/ioprio.h>
        #include <linux/ptrace.h>
        #include <linux/quota.h>
        #include <linux/seccomp.h>
        #include <linux/securebits.h>
        #include <linux/membarrier.h>
        #include <sys/epoll.h>
        #include <sys/fanotify.h>
        #include <sys/inotify.h>
        #include <sys/eventfd.h>
        #include <sys/file.h>
        #include <sys/ioctl.h>
        #include <sys/mman.h>
        #include <sys/mount.h>
        #include <sys/random.h>
        #include <sys/resource.h>
        #include <sys/signalfd.h>
        #include <sys/socket.h>
        #include <sys/stat.h>
        #include <sys/statvfs.h>
        #include <sys/time.h>
        #include <sys/timerfd.h>
        #include <sys/uio.h>
        #include <sys/wait.h>
        #include <sys/xattr.h>
        #include <termios.h>
        #include <time.h>
        #undef ST_RDONLY
        #define ST_RDONLY 1
        #undef O_LARGEFILE
        #define O_LARGEFILE 0100000

        """;

    /// <summary>Constants of kernel headers that no header for user space has.</summary>
    private static readonly HashSet<string> s_kernelOnly = ["SIG_DFL", "SIG_IGN", "MINSIGSTKSZ"];

    [Fact]
    public void MatchTheHeaders()
    {
        SortedDictionary<string, ulong> constants = Collect();
        HashSet<string> unknown = [];
        string? output = CProgram.TryRun(Program(constants, unknown), out string errors);
        for (int round = 0; output is null && round < 5; round++)
        {
            foreach (Match match in Regex.Matches(errors, @"'(\w+)' undeclared"))
            {
                unknown.Add(match.Groups[1].Value);
            }

            output = CProgram.TryRun(Program(constants, unknown), out errors);
        }

        Assert.True(output is not null, errors);
        var wrong = new StringBuilder();
        foreach (string line in output.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            string[] words = line.Split(' ');
            ulong real = ulong.Parse(words[1], CultureInfo.InvariantCulture);
            if (real != constants[words[0]])
            {
                wrong.Append(CultureInfo.InvariantCulture,
                    $"{words[0]} is 0x{real:x}, not 0x{constants[words[0]]:x}\n");
            }
        }

        HashSet<string> newer = [.. File.ReadAllLines(Path.Combine(Repository.Root, "tests/abi/newer.txt"))];
        foreach (string name in unknown)
        {
            if (!newer.Contains(name))
            {
                wrong.Append(CultureInfo.InvariantCulture,
                    $"{name} is in no header and not in tests/abi/newer.txt\n");
            }
        }

        Assert.True(wrong.Length == 0, wrong.ToString());
        Assert.True(output.Split('\n').Length > 500, "too few constants compared");
    }

    [Fact]
    public void EveryEnumSaysItsLinuxNames()
    {
        var missing = new List<string>();
        foreach (Type type in typeof(Errno).Assembly.GetExportedTypes())
        {
            bool named = !type.IsEnum || type == typeof(SyscallNumber)
                || type.GetCustomAttribute<LinuxPrefixAttribute>() is not null
                || Array.TrueForAll(
                    type.GetFields(BindingFlags.Public | BindingFlags.Static),
                    field => field.Name == "None"
                        || field.GetCustomAttribute<LinuxNameAttribute>() is not null);
            if (!named)
            {
                missing.Add(type.FullName!);
            }
        }

        Assert.True(missing.Count == 0, "without [LinuxPrefix]: " + string.Join(", ", missing));
    }

    [Fact]
    public void ErrorMessagesAreStrerrors()
    {
        var source = new StringBuilder("#include <stdio.h>\n#include <string.h>\nint main(void) {\n");
        foreach (Errno error in Enum.GetValues<Errno>())
        {
            if (error > Errno.Success && (int)error < 512)
            {
                source.Append(CultureInfo.InvariantCulture, $"puts(strerror({(int)error}));\n");
            }
        }

        string? output = CProgram.TryRun(source.Append("return 0; }\n").ToString(), out string errors);
        Assert.True(output is not null, errors);
        var ours = new StringBuilder();
        foreach (Errno error in Enum.GetValues<Errno>())
        {
            if (error > Errno.Success && (int)error < 512)
            {
                ours.Append(ErrnoMessages.Get(error)).Append('\n');
            }
        }

        Assert.Equal(output, ours.ToString());
    }

    private static SortedDictionary<string, ulong> Collect()
    {
        var constants = new SortedDictionary<string, ulong>(StringComparer.Ordinal);
        foreach (Type type in typeof(Errno).Assembly.GetExportedTypes())
        {
            string? prefix = type == typeof(SyscallNumber)
                ? "__NR_" : type.GetCustomAttribute<LinuxPrefixAttribute>()?.Prefix;
            foreach (FieldInfo field in type.GetFields(BindingFlags.Public | BindingFlags.Static))
            {
                if (!field.IsLiteral
                    || (!type.IsEnum && !Regex.IsMatch(field.Name, "^[A-Z][A-Z0-9]*_?[A-Z0-9_]+$")))
                {
                    continue;
                }

                string? own = field.GetCustomAttribute<LinuxNameAttribute>()?.Name;
                string? name = own ?? (prefix is null
                    ? (type.IsEnum ? null : field.Name)
                    : prefix + (type == typeof(SyscallNumber) || prefix.Length == 0
                    ? field.Name : field.Name.ToUpperInvariant()));
                if (!string.IsNullOrEmpty(name) && !s_kernelOnly.Contains(name))
                {
                    constants[name] = Bits(field.GetRawConstantValue()!);
                }
            }
        }

        return constants;
    }

    // As wide as the C side prints: narrow values are not sign-extended, so that 0xffffffff flags compare.
    private static ulong Bits(object value) => value switch
    {
        int number => (uint)number,
        short number => (uint)number,
        long number => (ulong)number,
        _ => Convert.ToUInt64(value, CultureInfo.InvariantCulture),
    };

    private static string Program(SortedDictionary<string, ulong> constants, HashSet<string> unknown)
    {
        var source = new StringBuilder(Headers);
        source.Append(
            "typedef unsigned long long ull;\n#define N(x) sizeof(x) == 4 ? (ull)(unsigned)(x) : (ull)(x)\n");
        source.Append("#define P(x) printf(\"%s %llu\\n\", #x, N(x))\n");
        source.Append("int main(void) {\n");
        foreach (string name in constants.Keys)
        {
            if (!unknown.Contains(name))
            {
                // Stringified before expansion: # does not expand its operand.
                source.Append(CultureInfo.InvariantCulture, $"P({name});\n");
            }
        }

        return source.Append("return 0; }\n").ToString();
    }
}

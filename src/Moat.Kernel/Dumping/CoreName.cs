// SPDX-License-Identifier: Apache-2.0
using System;
using System.Buffers;
using System.Text;
using Moat.Abi.Resources;
using Moat.Base;
using Moat.Kernel.Tasks;

namespace Moat.Kernel.Dumping;

/// <summary>The name of a core file, from the pattern (core(5), "Naming of core dump files").</summary>
internal static class CoreName
{
    /// <summary>The path; empty for none.</summary>
    internal static byte[] For(Task task, int signal)
    {
        CoreSettings settings = task.Kernel.Cores;
        byte[] pattern = Encoding.UTF8.GetBytes(settings.Pattern);
        var name = new ArrayBufferWriter<byte>(64);
        bool hasPid = false;
        for (int i = 0; i < pattern.Length; i++)
        {
            if (pattern[i] != '%')
            {
                name.Write(pattern.AsSpan(i, 1));
                continue;
            }

            i++;
            if (i == pattern.Length)
            {
                break;
            }

            hasPid |= pattern[i] == 'p';
            Append(name, task, signal, (char)pattern[i]);
        }

        if (settings.UsesPid && !hasPid && name.WrittenCount > 0)
        {
            Append(name, $".{task.ShowProcess(task.Group.ProcessId)}");
        }

        return name.WrittenSpan.ToArray();
    }

    private static void Append(ArrayBufferWriter<byte> name, Task task, int signal, char specifier)
    {
        ThreadGroup group = task.Group;
        switch (specifier)
        {
            case '%':
                name.Write("%"u8);
                break;
            case 'p':
                Append(name, $"{task.ShowProcess(group.ProcessId)}");
                break;
            case 'P':
                Append(name, $"{group.ProcessId}");
                break;
            case 'i':
                Append(name, $"{task.ShowProcess(task.ThreadId)}");
                break;
            case 'I':
                Append(name, $"{task.ThreadId}");
                break;
            case 'u':
                Append(name, $"{task.Credentials.Uid}");
                break;
            case 'g':
                Append(name, $"{task.Credentials.Gid}");
                break;
            case 'd':
                Append(name, $"{(group.IsDumpable ? 1 : 0)}");
                break;
            case 's':
                Append(name, $"{signal}");
                break;
            case 't':
                Append(name, $"{DateTimeOffset.UtcNow.ToUnixTimeSeconds()}");
                break;
            case 'c':
                Append(name, $"{group.Limits.Soft(Resource.Core)}");
                break;
            case 'h':
                AppendSafe(name, task.Uts.HostName);
                break;
            case 'e':
                AppendSafe(name, task.Name);
                break;
        }
    }

    private static void Append(ArrayBufferWriter<byte> name, FormattableString text) =>
        name.Write(Encoding.ASCII.GetBytes(FormattableString.Invariant(text)));

    // A name must not lead elsewhere: '/' becomes '!', and "." and ".." lose their dot (cn_vprintf).
    private static void AppendSafe(ArrayBufferWriter<byte> name, ReadOnlySpan<byte> text)
    {
        byte[] safe = text.ToArray();
        safe.AsSpan().Replace((byte)'/', (byte)'!');
        if (text.SequenceEqual("."u8) || text.SequenceEqual(".."u8))
        {
            safe[0] = (byte)'!';
        }

        name.Write(safe);
    }
}

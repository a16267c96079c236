// SPDX-License-Identifier: Apache-2.0
using System.Text;
using Moat.Abi;
using Moat.Base;
using Moat.Kernel.Tasks;
using Moat.Memory;

namespace Moat.Syscalls.Paths;

/// <summary>Texts that are no paths: names of file systems, their options and sources.</summary>
internal static class GuestText
{
    /// <summary>Copies a text in: null for a null pointer, EINVAL when it is too long with its end.</summary>
    internal static Errno Read(Task task, GuestString text, int limit, out string? value)
    {
        value = null;
        if (text.IsNull)
        {
            return Errno.Success;
        }

        byte[] buffer = new byte[limit];
        Result<int> length = task.Memory.ReadString(text.Address, buffer, Errno.EINVAL);
        value = length.IsOk ? Encoding.UTF8.GetString(buffer, 0, length.Value) : null;
        return length.Error;
    }
}

// SPDX-License-Identifier: Apache-2.0
using System;
using Moat.Abi;
using Moat.Base;

namespace Moat.Host.Processes;

/// <summary>Copies to and from another process's memory: process_vm_readv(2), process_vm_writev(2).</summary>
public static unsafe class ProcessMemory
{
    /// <summary>Reads; the result may be short when a later page is missing.</summary>
    /// <returns>Bytes copied, EFAULT when the first page is missing, ESRCH when the process is
    /// gone.</returns>
    [HostCall("process_vm_readv", Why = "copy-in from guest memory")]
    public static Result<int> Read(int pid, ulong address, Span<byte> buffer)
    {
        fixed (byte* p = buffer)
        {
            ulong* local = stackalloc ulong[] { (ulong)p, (ulong)buffer.Length };
            ulong* remote = stackalloc ulong[] { address, (ulong)buffer.Length };
            return HostCall.Invoke(
                SyscallNumber.process_vm_readv, (ulong)pid, (ulong)local, 1, (ulong)remote, 1).AsInt();
        }
    }

    /// <summary>Writes; the result may be short when a later page is missing or read-only.</summary>
    /// <returns>Bytes copied, EFAULT when the first page is missing, ESRCH when the process is
    /// gone.</returns>
    [HostCall("process_vm_writev", Why = "copy-out to guest memory")]
    public static Result<int> Write(int pid, ulong address, ReadOnlySpan<byte> buffer)
    {
        fixed (byte* p = buffer)
        {
            ulong* local = stackalloc ulong[] { (ulong)p, (ulong)buffer.Length };
            ulong* remote = stackalloc ulong[] { address, (ulong)buffer.Length };
            return HostCall.Invoke(
                SyscallNumber.process_vm_writev, (ulong)pid, (ulong)local, 1, (ulong)remote, 1).AsInt();
        }
    }
}

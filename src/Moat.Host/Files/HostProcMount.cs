// SPDX-License-Identifier: Apache-2.0
using Moat.Abi;
using Moat.Base;

namespace Moat.Host.Files;

/// <summary>
/// A procfs of the calling process's PID namespace that is mounted nowhere: a descriptor to look up names in.
/// </summary>
public static class HostProcMount
{
    private const ulong CloseOnExec = 1;
    private const ulong SetString = 1;
    private const ulong CreateCommand = 6;

    // MOUNT_ATTR_RDONLY | NOSUID | NODEV | NOEXEC
    private const ulong Attributes = 0xf;

    /// <summary>
    /// Makes one, with only the processes in it; needs CAP_SYS_ADMIN over the PID namespace's owner.
    /// </summary>
    [HostCall("fsopen", Why = "resident sizes of stubs for the guest's procfs",
        Stage = HostCallStage.Starting)]
    [HostCall("fsconfig", Why = "resident sizes of stubs for the guest's procfs",
        Stage = HostCallStage.Starting)]
    [HostCall("fsmount", Why = "resident sizes of stubs for the guest's procfs",
        Stage = HostCallStage.Starting)]
    public static Result<int> Open()
    {
        using var type = new NativeString("proc");
        using var key = new NativeString("subset");
        using var value = new NativeString("pid");
        SysResult context = HostCall.Invoke(SyscallNumber.fsopen, type.Address, CloseOnExec);
        if (context.IsError)
        {
            return context.Error;
        }

        ulong fd = (ulong)context.Raw;
        SysResult result = HostCall.Invoke(SyscallNumber.fsconfig, fd, SetString, key.Address, value.Address,
            0);
        result = result.IsError
            ? result : HostCall.Invoke(SyscallNumber.fsconfig, fd, CreateCommand, 0, 0, 0);
        result = result.IsError
            ? result : HostCall.Invoke(SyscallNumber.fsmount, fd, CloseOnExec, Attributes);
        HostFile.Close((int)fd);
        return result.AsInt();
    }
}

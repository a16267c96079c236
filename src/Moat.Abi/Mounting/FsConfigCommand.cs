// SPDX-License-Identifier: Apache-2.0
namespace Moat.Abi.Mounting;

/// <summary>Commands of fsconfig(2) (enum fsconfig_command).</summary>
[LinuxPrefix("FSCONFIG_")]
public enum FsConfigCommand : uint
{
    [LinuxName("FSCONFIG_SET_FLAG")] SetFlag = 0,
    [LinuxName("FSCONFIG_SET_STRING")] SetString = 1,
    [LinuxName("FSCONFIG_SET_BINARY")] SetBinary = 2,
    [LinuxName("FSCONFIG_SET_PATH")] SetPath = 3,
    [LinuxName("FSCONFIG_SET_PATH_EMPTY")] SetPathEmpty = 4,
    [LinuxName("FSCONFIG_SET_FD")] SetFd = 5,
    [LinuxName("FSCONFIG_CMD_CREATE")] Create = 6,
    [LinuxName("FSCONFIG_CMD_RECONFIGURE")] Reconfigure = 7,
    [LinuxName("FSCONFIG_CMD_CREATE_EXCL")] CreateExclusive = 8,
}

// SPDX-License-Identifier: Apache-2.0
namespace Moat.Abi.Seccomp;

/// <summary>SECCOMP_MODE_ values: prctl(PR_GET_SECCOMP) and /proc/PID/status.</summary>
[LinuxPrefix("SECCOMP_MODE_")]
public enum SeccompMode
{
    Disabled = 0,
    Strict = 1,
    Filter = 2,
}

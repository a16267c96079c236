// SPDX-License-Identifier: Apache-2.0
namespace Moat.Abi.Wait;

/// <summary>CLD_ values of si_code in SIGCHLD (sigaction(2)).</summary>
[LinuxPrefix("CLD_")]
public enum ChildCode
{
    Exited = 1,
    Killed = 2,
    Dumped = 3,
    Trapped = 4,
    Stopped = 5,
    Continued = 6,
}

// SPDX-License-Identifier: Apache-2.0
namespace Moat.Abi.Tracing;

/// <summary>PTRACE_ requests of ptrace(2) on x86-64.</summary>
[LinuxPrefix("PTRACE_")]
public enum PtraceRequest : long
{
    TraceMe = 0,
    PeekText = 1,
    PeekData = 2,
    [LinuxName("PTRACE_PEEKUSR")] PeekUser = 3,
    PokeText = 4,
    PokeData = 5,
    [LinuxName("PTRACE_POKEUSR")] PokeUser = 6,
    [LinuxName("PTRACE_CONT")] Continue = 7,
    Kill = 8,
    SingleStep = 9,
    [LinuxName("PTRACE_GETREGS")] GetRegisters = 12,
    [LinuxName("PTRACE_SETREGS")] SetRegisters = 13,
    [LinuxName("PTRACE_GETFPREGS")] GetFpRegisters = 14,
    [LinuxName("PTRACE_SETFPREGS")] SetFpRegisters = 15,
    Attach = 16,
    Detach = 17,
    Syscall = 24,
    [LinuxName("PTRACE_ARCH_PRCTL")] ArchPrctl = 30,
    SysEmu = 31,
    [LinuxName("PTRACE_SYSEMU_SINGLESTEP")] SysEmuSingleStep = 32,
    SetOptions = 0x4200,
    [LinuxName("PTRACE_GETEVENTMSG")] GetEventMessage = 0x4201,
    GetSigInfo = 0x4202,
    SetSigInfo = 0x4203,
    [LinuxName("PTRACE_GETREGSET")] GetRegisterSet = 0x4204,
    [LinuxName("PTRACE_SETREGSET")] SetRegisterSet = 0x4205,
    Seize = 0x4206,
    Interrupt = 0x4207,
    Listen = 0x4208,
    PeekSigInfo = 0x4209,
    GetSigMask = 0x420a,
    SetSigMask = 0x420b,
    [LinuxName("PTRACE_SECCOMP_GET_FILTER")] GetSeccompFilter = 0x420c,
    [LinuxName("PTRACE_SECCOMP_GET_METADATA")] GetSeccompMetadata = 0x420d,
    [LinuxName("PTRACE_GET_SYSCALL_INFO")] GetSyscallInfo = 0x420e,
}

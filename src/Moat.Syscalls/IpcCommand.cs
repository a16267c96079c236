// SPDX-License-Identifier: Apache-2.0
namespace Moat.Syscalls;

/// <summary>Commands of shmctl, semctl and msgctl (linux/ipc.h, shm.h, sem.h, msg.h).</summary>
internal static class IpcCommand
{
    internal const int Remove = 0;
    internal const int Set = 1;
    internal const int Stat = 2;
    internal const int Info = 3;

    /// <summary>IPC_64: new structures, the only ones on x86-64.</summary>
    internal const int New = 0x100;
    internal const int ShmLock = 11;
    internal const int ShmUnlock = 12;
    internal const int ShmStat = 13;
    internal const int ShmInfo = 14;
    internal const int ShmStatAny = 15;
    internal const int MsgStat = 11;
    internal const int MsgInfo = 12;
    internal const int MsgStatAny = 13;
    internal const int GetPid = 11;
    internal const int GetValue = 12;
    internal const int GetAll = 13;
    internal const int GetWaitersForMore = 14;
    internal const int GetWaitersForZero = 15;
    internal const int SetValue = 16;
    internal const int SetAll = 17;
    internal const int SemStat = 18;
    internal const int SemInfo = 19;
    internal const int SemStatAny = 20;
}

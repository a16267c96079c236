// SPDX-License-Identifier: Apache-2.0
namespace Moat.Abi.Sched;

/// <summary>struct clone_args, 88 bytes; the first version had 64 (clone3(2)).</summary>
public struct CloneArguments
{
    public CloneFlags Flags;
    public ulong PidFd;
    public ulong ChildTid;
    public ulong ParentTid;
    public ulong ExitSignal;
    public ulong Stack;
    public ulong StackSize;
    public ulong ThreadPointer;
    public ulong SetTid;
    public ulong SetTidSize;
    public ulong Cgroup;
}

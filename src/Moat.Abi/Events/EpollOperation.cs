// SPDX-License-Identifier: Apache-2.0
namespace Moat.Abi.Events;

/// <summary>Operations of epoll_ctl(2).</summary>
[LinuxPrefix("EPOLL_CTL_")]
public enum EpollOperation
{
    [LinuxName("EPOLL_CTL_ADD")] Add = 1,
    [LinuxName("EPOLL_CTL_DEL")] Delete = 2,
    [LinuxName("EPOLL_CTL_MOD")] Modify = 3,
}

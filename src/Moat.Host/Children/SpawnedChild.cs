// SPDX-License-Identifier: Apache-2.0
namespace Moat.Host.Children;

/// <summary>A child that has reached its program.</summary>
/// <param name="Pid">Its number in the caller's PID namespace.</param>
/// <param name="PidFd">A pidfd, owned by the caller.</param>
public readonly record struct SpawnedChild(int Pid, int PidFd);

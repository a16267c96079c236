// SPDX-License-Identifier: Apache-2.0
namespace Moat.Cli.Launching;

/// <summary>A container's own directory in one cgroup v1 hierarchy.</summary>
/// <param name="Name">The hierarchy's directory below /sys/fs/cgroup: memory, or cpu,cpuacct.</param>
/// <param name="Controllers">Its controllers as mount(8) shows them: memory, name=systemd.</param>
/// <param name="Path">The directory on this host.</param>
internal readonly record struct CgroupDirectory(string Name, string Controllers, string Path);

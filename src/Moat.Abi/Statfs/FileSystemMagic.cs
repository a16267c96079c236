// SPDX-License-Identifier: Apache-2.0
namespace Moat.Abi.Statfs;

/// <summary>f_type of the file systems a guest meets (include/uapi/linux/magic.h).</summary>
[LinuxPrefix("")]
public enum FileSystemMagic : long
{
    [LinuxName("PROC_SUPER_MAGIC")] Proc = 0x9fa0,
    [LinuxName("SYSFS_MAGIC")] Sysfs = 0x62656572,
    [LinuxName("TMPFS_MAGIC")] Tmpfs = 0x01021994,
    [LinuxName("DEVPTS_SUPER_MAGIC")] DevPts = 0x1cd1,
    [LinuxName("OVERLAYFS_SUPER_MAGIC")] Overlay = 0x794c7630,
    [LinuxName("EXT4_SUPER_MAGIC")] Ext4 = 0xef53,
    [LinuxName("PIPEFS_MAGIC")] Pipe = 0x50495045,
    [LinuxName("SOCKFS_MAGIC")] Socket = 0x534f434b,
    [LinuxName("ANON_INODE_FS_MAGIC")] AnonymousInode = 0x09041934,
    [LinuxName("CGROUP_SUPER_MAGIC")] Cgroup = 0x27e0eb,
    [LinuxName("CGROUP2_SUPER_MAGIC")] Cgroup2 = 0x63677270,
    [LinuxName("RAMFS_MAGIC")] Ramfs = unchecked((long)0x858458f6),
    [LinuxName("NSFS_MAGIC")] Namespace = 0x6e736673,
}

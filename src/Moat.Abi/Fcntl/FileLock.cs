// SPDX-License-Identifier: Apache-2.0
namespace Moat.Abi.Fcntl;

/// <summary>struct flock of x86-64 (fcntl(2), F_SETLK).</summary>
public struct FileLock
{
    public LockType Type;

    /// <summary>SEEK_SET, SEEK_CUR or SEEK_END.</summary>
    public short Whence;
    public long Start;

    /// <summary>0 means to the end of the file, however far it grows.</summary>
    public long Length;
    public int Pid;
}

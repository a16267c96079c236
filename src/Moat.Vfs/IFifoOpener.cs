// SPDX-License-Identifier: Apache-2.0
using Moat.Abi;
using Moat.Base;

namespace Moat.Vfs;

/// <summary>Opens named pipes: keeps the pipe as the inode's <see cref="Inode.SpecialState"/>.</summary>
public interface IFifoOpener
{
    /// <summary>
    /// Opens one end. It does not block: a file whose other end is missing says EAGAIN in
    /// <see cref="OpenFile.CompleteOpen"/>; ENXIO for a non-blocking writer without readers.
    /// </summary>
    Result<OpenFile> Open(Caller caller, Location location, OpenFlags flags);
}

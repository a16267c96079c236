// SPDX-License-Identifier: Apache-2.0
using Moat.Base;

namespace Moat.Vfs.Notify;

/// <summary>Makes a pidfd of a <see cref="Caller.Process"/>: ESRCH when it is gone.</summary>
public delegate Result<OpenFile> ProcessOpener(Caller reader, object process);

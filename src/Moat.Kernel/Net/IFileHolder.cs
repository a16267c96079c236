// SPDX-License-Identifier: Apache-2.0
using System.Collections.Generic;
using Moat.Vfs;

namespace Moat.Kernel.Net;

/// <summary>A file that can hold files on their way (SCM_RIGHTS), itself too: a local socket.</summary>
public interface IFileHolder
{
    /// <summary>All references to it, at this moment.</summary>
    int References { get; }

    /// <summary>Adds the files that wait in it, once for each time. Takes locks of rank Object.</summary>
    void ListHeld(List<OpenFile> files);

    /// <summary>Lets go of them: nobody can receive them any more. Called without locks.</summary>
    void Discard();
}

// SPDX-License-Identifier: Apache-2.0
using Moat.Abi.Sockets;
using Moat.Kernel.Net;

namespace Moat.Sockets;

/// <summary>What goes beside the bytes of one message.</summary>
public struct Ancillary
{
    /// <summary>Files on their way (SCM_RIGHTS); null for none.</summary>
    public PassedFiles? Files { get; set; }

    /// <summary>Who sent it.</summary>
    public PeerCredentials Sender { get; set; }

    /// <summary>Where to send to, or who sent (a raw socket address); null for the connected peer.</summary>
    public byte[]? Address { get; set; }

    /// <summary>MSG_TRUNC, MSG_EOR and the like that come with a received message.</summary>
    public MessageFlags Flags { get; set; }

    /// <summary>Gives the files back, for a message that nobody gets.</summary>
    public void ReleaseFiles()
    {
        PassedFiles? files = Files;
        Files = null;
        files?.Release();
    }
}

// SPDX-License-Identifier: Apache-2.0
namespace Moat.FileSystems.Fuse;

/// <summary>How far a connection with a daemon is.</summary>
internal enum FuseState
{
    /// <summary>INIT was asked and not answered.</summary>
    Starting,

    /// <summary>Questions are answered, or so one hopes.</summary>
    Serving,

    /// <summary>The daemon speaks another protocol: ECONNREFUSED.</summary>
    Refused,

    /// <summary>The daemon is gone, or the last mount: ENOTCONN.</summary>
    Over,
}

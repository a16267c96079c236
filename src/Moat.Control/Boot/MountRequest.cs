// SPDX-License-Identifier: Apache-2.0
namespace Moat.Control.Boot;

/// <summary>One mount of the sandbox.</summary>
/// <param name="Kind">What is mounted.</param>
/// <param name="Target">Absolute guest path; made if it is missing.</param>
/// <param name="Fd">For a bind mount: O_PATH descriptor of the host's file or directory, else -1.</param>
/// <param name="IsFile">The bind mount is of a single file.</param>
/// <param name="ReadOnly">The guest may not write.</param>
/// <param name="Options">nosuid, noexec, size=64m and so on, comma-separated, as mount(8) writes
/// them.</param>
/// <param name="Source">What /proc/mounts shows as the source.</param>
public sealed record MountRequest(
    MountKind Kind, string Target, int Fd = -1, bool IsFile = false, bool ReadOnly = false,
    string Options = "", string Source = "none");

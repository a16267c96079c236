// SPDX-License-Identifier: Apache-2.0
using System.Collections.Generic;

namespace Moat.Control.Boot;

/// <summary>Everything a new kernel process is told, in a memfd: the sandbox and its first process.</summary>
/// <remarks>Descriptors are given by number; the launcher places them (see <see
/// cref="BootDescriptors"/>).</remarks>
public sealed record BootRequest
{
    /// <summary>The container's name.</summary>
    public string Id { get; init; } = "";

    public string Hostname { get; init; } = "moat";

    public string Domainname { get; init; } = "(none)";

    /// <summary>The first process.</summary>
    public ProcessRequest Process { get; init; } = new();

    /// <summary>
    /// O_PATH descriptor of the root file system's directory; or an open file, which is an image of one.
    /// </summary>
    public int RootFd { get; init; } = -1;

    /// <summary>What errors call the root file system: the path that the caller gave.</summary>
    public string RootName { get; init; } = "/";

    /// <summary>
    /// The first process is what the image says where the request leaves it open: no arguments, no working
    /// directory, no user name, variables that are not set.
    /// </summary>
    public bool TakesImageDefaults { get; init; }

    /// <summary>The guest may not change its root file system.</summary>
    public bool RootReadOnly { get; init; }

    /// <summary>Changes to the root file system go to a layer of their own.</summary>
    public bool RootOverlay { get; init; } = true;

    /// <summary>
    /// O_PATH descriptor of the directory whose `upper` is that layer, with `work` beside it; -1 for memory.
    /// </summary>
    public int OverlayFd { get; init; } = -1;

    /// <summary>Keeps other sandboxes out of that directory while it is open; or -1.</summary>
    public int OverlayLockFd { get; init; } = -1;

    /// <summary>Most bytes that the layer holds; 0 for what there is room for.</summary>
    public long OverlayBytes { get; init; }

    /// <summary>O_PATH descriptors of layers between that one and the root, uppermost first.</summary>
    public IReadOnlyList<int> LayerFds { get; init; } = [];

    /// <summary>Where the layer's content is written as a tar at the end; -1 for nowhere.</summary>
    public int ExportFd { get; init; } = -1;

    /// <summary>Mounts in order; later ones may lie on earlier ones.</summary>
    public IReadOnlyList<MountRequest> Mounts { get; init; } = [];

    /// <summary>Paths that appear empty.</summary>
    public IReadOnlyList<string> MaskedPaths { get; init; } = [];

    /// <summary>Paths that appear read-only.</summary>
    public IReadOnlyList<string> ReadOnlyPaths { get; init; } = [];

    /// <summary>Wait for a start message before the first process runs (`create`).</summary>
    public bool WaitForStart { get; init; }

    /// <summary>The sandbox ends when its launcher does.</summary>
    public bool DieWithLauncher { get; init; }

    /// <summary>System calls to print, "all", a comma-separated list, or null for none.</summary>
    public string? Strace { get; init; }

    /// <summary>Count system calls, and print a table of them at the end.</summary>
    public bool Statistics { get; init; }

    /// <summary>Where strace lines and diagnostics go; -1 for nowhere.</summary>
    public int LogFd { get; init; } = -1;

    /// <summary>A listening socket for later commands, or -1.</summary>
    public int ListenFd { get; init; } = -1;

    /// <summary>A socket to the launcher's owner broker, or -1 when owners need no translation.</summary>
    public int OwnerBrokerFd { get; init; } = -1;

    /// <summary>Processors the guest may see.</summary>
    public int Processors { get; init; } = 1;

    /// <summary>Memory the guest may see, in bytes.</summary>
    public long MemoryBytes { get; init; }

    /// <summary>
    /// Memory calls of stubs are filtered by the host kernel alone instead of approved one by one.
    /// </summary>
    public bool DirectMemoryCalls { get; init; } = true;

    /// <summary>Hot system call instructions of the guest are rewritten into jumps.</summary>
    public bool PatchCallSites { get; init; } = true;

    /// <summary>Print what takes how long until the first guest instruction.</summary>
    public bool TraceStart { get; init; }

    /// <summary>Capabilities the kernel process keeps in its own user namespace, as a mask.</summary>
    public ulong KeptCapabilities { get; init; }
}

// SPDX-License-Identifier: Apache-2.0
using System.CommandLine;
using Moat.Cli.Launching;

namespace Moat.Cli.Commands;

/// <summary>Options of `moat do` about where changes to the root file system go.</summary>
internal sealed class LayerOptions
{
    private readonly Option<string> _overlay = new("--overlay")
    {
        Description = "Where changes to this machine's files go: memory (default), gone at the end, or a "
            + "directory that keeps them for the next run (DIR/upper is an upper directory of Linux's "
            + "overlayfs, mounted with -o userxattr)",
        HelpName = "memory|DIR",
    };

    private readonly Option<string> _size = new("--overlay-size")
    {
        Description = "Most that these changes may take: a number of bytes, or with K, M, G or T behind it",
        HelpName = "SIZE",
    };

    private readonly Option<string[]> _layers = new("--overlay-lower")
    {
        Description = "A layer between the changes and this machine's files, such as another run's "
            + "DIR/upper; several: uppermost first",
        HelpName = "DIR",
    };

    private readonly Option<string> _export = new("--export")
    {
        Description = "At the end, write what was changed as a tar (a layer of an OCI image); - is stdout, "
            + "where the command's own output goes to stderr. Other mounts, such as /tmp, are not part of it",
        HelpName = "FILE|-",
    };

    /// <summary>Adds them to a command.</summary>
    internal void AddTo(Command command)
    {
        command.Options.Add(_overlay);
        command.Options.Add(_size);
        command.Options.Add(_layers);
        command.Options.Add(_export);
    }

    /// <summary>The same for the launcher.</summary>
    internal static OverlayRequest Request(DoOptions options) => new()
    {
        Place = options.Overlay, Size = options.OverlaySize, Layers = options.OverlayLayers,
        Export = options.Export,
    };

    /// <summary>The options with what was given of these.</summary>
    internal DoOptions Read(ParseResult parsed, DoOptions options) => options with
    {
        Overlay = parsed.GetValue(_overlay),
        OverlaySize = parsed.GetValue(_size),
        OverlayLayers = parsed.GetValue(_layers) ?? [],
        Export = parsed.GetValue(_export),
    };
}

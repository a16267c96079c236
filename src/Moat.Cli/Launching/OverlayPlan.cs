// SPDX-License-Identifier: Apache-2.0
using System.Collections.Generic;
using System.IO;
using System.Text;
using Moat.Abi;
using Moat.Base;
using Moat.Cli.Errors;
using Moat.Host.Files;

namespace Moat.Cli.Launching;

/// <summary>Adds the layers of the root file system to a plan.</summary>
internal static class OverlayPlan
{
    private const int MaximumLayers = 100;
    private const uint FileMode = 0x1b6;

    /// <summary>Null, or what is wrong with the request.</summary>
    /// <param name="request">What is asked for.</param>
    /// <param name="directory">Where relative paths begin.</param>
    /// <param name="plan">The plan, which gets descriptors that the launcher passes on.</param>
    internal static MoatError? Add(OverlayRequest request, string directory, ref LaunchPlan plan)
    {
        long bytes = 0;
        if (request.Size is { } size && !OverlayRequest.TryReadSize(size, out bytes))
        {
            return MoatError.Of(
                $"overlay size {size}: must be a number above 0, with K, M, G or T behind it");
        }

        var layers = new List<string>();
        foreach (string layer in request.Layers)
        {
            string path = Path.GetFullPath(layer, directory);
            if (!Directory.Exists(path) || layers.Count == MaximumLayers)
            {
                return MoatError.Of(layers.Count == MaximumLayers
                    ? $"overlay: more than {MaximumLayers} layers"
                    : $"overlay layer {path}: no such directory");
            }

            layers.Add(path);
        }

        string? place = request.Place is null or "memory" ? null : Path.GetFullPath(request.Place, directory);
        int held = -1;
        MoatError? error = place is null ? null : OverlayDirectory.Take(place, plan.RootPath, out held);
        plan = plan with
        {
            OverlayPath = place,
            OverlayLock = held,
            LayerPaths = layers,
            Request = plan.Request with { RootOverlay = true, OverlayBytes = bytes },
        };
        return error ?? (request.Export is { } file ? Export(file, directory, ref plan) : null);
    }

    private static MoatError? Export(string file, string directory, ref LaunchPlan plan)
    {
        if (file == "-")
        {
            if (HostTerminal.IsTerminal(1))
            {
                return MoatError.Of("--export -: stdout is a terminal; send it to a file or a pipe");
            }

            plan = plan with { Export = 1, Stdout = 2 };
            return null;
        }

        Result<int> opened = HostPath.Open(
            HostPath.CurrentDirectory, Encoding.UTF8.GetBytes(Path.GetFullPath(file, directory)),
            OpenFlags.WriteOnly | OpenFlags.Create | OpenFlags.Truncate | OpenFlags.CloseOnExec, FileMode);
        plan = plan with { Export = opened.IsOk ? opened.Value : -1 };
        return opened.IsOk ? null : MoatError.Of($"--export {file}: {ErrorText.Of(opened.Error)}");
    }
}

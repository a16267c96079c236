// SPDX-License-Identifier: Apache-2.0
using System;
using System.Collections.Generic;
using Moat.Control.Boot;
using Moat.FileSystems.Images;

namespace Moat.Sandbox.Boot;

/// <summary>
/// Fills in what the caller left to the image: command, user, working directory, variables.
/// </summary>
internal static class ImageProcess
{
    private const int Failed = 125;
    private const string DefaultPath = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

    /// <summary>The whole process.</summary>
    /// <exception cref="BootException">Neither the caller nor the image names a command.</exception>
    internal static ProcessRequest Complete(ProcessRequest process, ImageConfig? config, string image)
    {
        config ??= new ImageConfig();
        IReadOnlyList<string> arguments = process.Arguments;
        if (arguments.Count == 0)
        {
            arguments = [.. config.Entrypoint, .. config.Command];
        }

        if (arguments.Count == 0)
        {
            throw new BootException(Failed, $"{image}: names no command of its own; add one: -- COMMAND");
        }

        string directory = process.WorkingDirectory.Length > 0 ? process.WorkingDirectory
            : config.WorkingDirectory;
        string user = process.UserName.Length > 0 ? process.UserName : config.User;
        return process with
        {
            Arguments = arguments,
            WorkingDirectory = directory.StartsWith('/') ? directory : "/" + directory,
            UserName = user.Length > 0 ? user : "0",
            Environment = Merge(process.Environment, config.Environment),
        };
    }

    private static List<string> Merge(IReadOnlyList<string> given, IReadOnlyList<string> image)
    {
        var merged = new List<string>();
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (string variable in given)
        {
            names.Add(NameOf(variable));
            merged.Add(variable);
        }

        foreach (string variable in image)
        {
            if (names.Add(NameOf(variable)))
            {
                merged.Add(variable);
            }
        }

        if (names.Add("PATH"))
        {
            merged.Add(DefaultPath);
        }

        return merged;
    }

    private static string NameOf(string variable)
    {
        int equals = variable.IndexOf('=');
        return equals < 0 ? variable : variable[..equals];
    }
}

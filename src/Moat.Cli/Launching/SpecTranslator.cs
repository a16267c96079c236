// SPDX-License-Identifier: Apache-2.0
using System;
using System.Collections.Generic;
using System.IO;
using Moat.Cli.Errors;
using Moat.Control.Boot;
using Moat.Oci.Spec;
using Moat.Oci.Validation;

namespace Moat.Cli.Launching;

/// <summary>Turns an OCI specification into what the launcher starts.</summary>
internal static class SpecTranslator
{
    /// <summary>Null and the plan, or what is wrong with the specification.</summary>
    internal static MoatError? Translate(OciSpec spec, string bundle, string id, out LaunchPlan? plan)
    {
        plan = null;
        if (SpecValidator.Check(spec) is string problem)
        {
            return MoatError.Of($"config.json: {problem}");
        }

        string root = Path.GetFullPath(spec.Root!.Path!, bundle);
        bool isImage = File.Exists(root);
        if (!isImage && !Directory.Exists(root))
        {
            return MoatError.Of(
                $"root.path: {root}: no such directory or image; unpack a root file system there");
        }

        var sources = new List<string>();
        MoatError? error = MountTranslator.Translate(spec.Mounts ?? [], bundle, sources,
            out List<MountRequest> mounts);
        if (error != null)
        {
            return error;
        }

        plan = new LaunchPlan
        {
            RootPath = root,
            BindSources = sources,
            Request = new BootRequest
            {
                Id = id,
                Hostname = spec.Hostname ?? "moat",
                Domainname = spec.Domainname ?? "(none)",
                Process = Process(spec.Process!),
                RootReadOnly = spec.Root.IsReadOnly,
                // An image stays what it is: what a container writes is gone with it.
                RootOverlay = isImage && !spec.Root.IsReadOnly,
                RootName = root,
                Mounts = mounts,
                MaskedPaths = spec.Linux?.MaskedPaths ?? [],
                ReadOnlyPaths = spec.Linux?.ReadonlyPaths ?? [],
                Processors = Environment.ProcessorCount,
                MemoryBytes = Memory(spec),
            },
        };
        return null;
    }

    /// <summary>A process of a specification that has been checked.</summary>
    internal static ProcessRequest Process(OciProcess process)
    {
        OciCapabilities? sets = process.Capabilities;
        var limits = new List<RlimitRequest>();
        foreach (OciRlimit limit in process.Rlimits ?? [])
        {
            limits.Add(new RlimitRequest(RlimitNames.Parse(limit.Type), limit.Soft, limit.Hard));
        }

        return new ProcessRequest
        {
            Arguments = process.Args!,
            Environment = process.Env ?? [],
            WorkingDirectory = process.Cwd!,
            Uid = process.User?.Uid ?? 0,
            Gid = process.User?.Gid ?? 0,
            Groups = process.User?.AdditionalGids ?? [],
            Umask = process.User?.Umask ?? 0x12,
            BoundingCapabilities = Mask(sets?.Bounding),
            EffectiveCapabilities = Mask(sets?.Effective),
            PermittedCapabilities = Mask(sets?.Permitted),
            InheritableCapabilities = Mask(sets?.Inheritable),
            // Linux refuses to raise what is not both permitted and inheritable (capabilities(7)).
            AmbientCapabilities = Mask(sets?.Ambient) & Mask(sets?.Inheritable) & Mask(sets?.Permitted),
            NoNewPrivileges = process.NoNewPrivileges,
            Limits = limits,
            Terminal = process.Terminal,
        };
    }

    private static ulong Mask(IReadOnlyList<string>? names) => CapabilityNames.Parse(names, out _) ?? 0;

    private static long Memory(OciSpec spec)
    {
        long host = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;
        return spec.Linux?.Resources?.Memory?.Limit is long limit and > 0 && limit < host ? limit : host;
    }
}

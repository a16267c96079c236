// SPDX-License-Identifier: Apache-2.0
using System.Collections.Generic;
using System.IO;
using System.Text;

namespace Moat.Control.Boot;

/// <summary>
/// The bytes of a <see cref="BootRequest"/>: both ends are the same binary, so there is no versioning.
/// </summary>
public static class BootFormat
{
    /// <summary>Upper bound of a request's bytes, and of counts inside it.</summary>
    public const int MaximumBytes = 16 << 20;

    /// <summary>Encodes.</summary>
    public static byte[] Write(BootRequest r)
    {
        using var stream = new MemoryStream();
        using var w = new BinaryWriter(stream, Encoding.UTF8);
        w.Write(r.Id);
        w.Write(r.Hostname);
        w.Write(r.Domainname);
        Write(w, r.Process);
        w.Write(r.RootFd);
        w.Write(r.RootName);
        w.Write(r.TakesImageDefaults);
        w.Write(r.RootReadOnly);
        w.Write(r.RootOverlay);
        w.Write(r.OverlayFd);
        w.Write(r.OverlayLockFd);
        w.Write(r.OverlayBytes);
        w.Write(r.LayerFds.Count);
        foreach (int layer in r.LayerFds)
        {
            w.Write(layer);
        }

        w.Write(r.ExportFd);
        w.Write(r.Mounts.Count);
        foreach (MountRequest m in r.Mounts)
        {
            w.Write((int)m.Kind);
            w.Write(m.Target);
            w.Write(m.Fd);
            w.Write(m.IsFile);
            w.Write(m.ReadOnly);
            w.Write(m.Options);
            w.Write(m.Source);
        }

        Write(w, r.MaskedPaths);
        Write(w, r.ReadOnlyPaths);
        w.Write(r.WaitForStart);
        w.Write(r.DieWithLauncher);
        w.Write(r.Strace != null);
        w.Write(r.Strace ?? "");
        w.Write(r.Statistics);
        w.Write(r.LogFd);
        w.Write(r.ListenFd);
        w.Write(r.OwnerBrokerFd);
        w.Write(r.Processors);
        w.Write(r.MemoryBytes);
        w.Write(r.DirectMemoryCalls);
        w.Write(r.PatchCallSites);
        w.Write(r.TraceStart);
        w.Write(r.KeptCapabilities);
        w.Flush();
        return stream.ToArray();
    }

    /// <summary>Decodes.</summary>
    /// <exception cref="IOException">The bytes are not a request.</exception>
    public static BootRequest Read(byte[] bytes)
    {
        using var r = new BinaryReader(new MemoryStream(bytes), Encoding.UTF8);
        string id = r.ReadString();
        string hostname = r.ReadString();
        string domainname = r.ReadString();
        ProcessRequest process = ReadProcess(r);
        int rootFd = r.ReadInt32();
        string rootName = r.ReadString();
        bool takesDefaults = r.ReadBoolean();
        bool rootReadOnly = r.ReadBoolean();
        bool rootOverlay = r.ReadBoolean();
        int overlayFd = r.ReadInt32();
        int overlayLockFd = r.ReadInt32();
        long overlayBytes = r.ReadInt64();
        var layers = new int[Count(r)];
        for (int i = 0; i < layers.Length; i++)
        {
            layers[i] = r.ReadInt32();
        }

        int exportFd = r.ReadInt32();
        var mounts = new MountRequest[Count(r)];
        for (int i = 0; i < mounts.Length; i++)
        {
            mounts[i] = new MountRequest(
                (MountKind)r.ReadInt32(), r.ReadString(), r.ReadInt32(), r.ReadBoolean(), r.ReadBoolean(),
                r.ReadString(), r.ReadString());
        }

        return new BootRequest
        {
            Id = id,
            Hostname = hostname,
            Domainname = domainname,
            Process = process,
            RootFd = rootFd,
            RootName = rootName,
            TakesImageDefaults = takesDefaults,
            RootReadOnly = rootReadOnly,
            RootOverlay = rootOverlay,
            OverlayFd = overlayFd,
            OverlayLockFd = overlayLockFd,
            OverlayBytes = overlayBytes,
            LayerFds = layers,
            ExportFd = exportFd,
            Mounts = mounts,
            MaskedPaths = ReadStrings(r),
            ReadOnlyPaths = ReadStrings(r),
            WaitForStart = r.ReadBoolean(),
            DieWithLauncher = r.ReadBoolean(),
            Strace = ReadOptional(r),
            Statistics = r.ReadBoolean(),
            LogFd = r.ReadInt32(),
            ListenFd = r.ReadInt32(),
            OwnerBrokerFd = r.ReadInt32(),
            Processors = r.ReadInt32(),
            MemoryBytes = r.ReadInt64(),
            DirectMemoryCalls = r.ReadBoolean(),
            PatchCallSites = r.ReadBoolean(),
            TraceStart = r.ReadBoolean(),
            KeptCapabilities = r.ReadUInt64(),
        };
    }

    /// <summary>Encodes a process alone, for `exec`.</summary>
    public static byte[] Write(ProcessRequest process)
    {
        using var stream = new MemoryStream();
        using var w = new BinaryWriter(stream, Encoding.UTF8);
        Write(w, process);
        w.Flush();
        return stream.ToArray();
    }

    /// <summary>Decodes a process alone.</summary>
    /// <exception cref="IOException">The bytes are not a process.</exception>
    public static ProcessRequest ReadProcess(byte[] bytes)
    {
        using var r = new BinaryReader(new MemoryStream(bytes), Encoding.UTF8);
        return ReadProcess(r);
    }

    private static void Write(BinaryWriter w, ProcessRequest p)
    {
        Write(w, p.Arguments);
        Write(w, p.Environment);
        w.Write(p.WorkingDirectory);
        w.Write(p.UserName);
        w.Write(p.Uid);
        w.Write(p.Gid);
        w.Write(p.Groups.Count);
        foreach (uint group in p.Groups)
        {
            w.Write(group);
        }

        w.Write(p.Umask);
        w.Write(p.BoundingCapabilities);
        w.Write(p.EffectiveCapabilities);
        w.Write(p.PermittedCapabilities);
        w.Write(p.InheritableCapabilities);
        w.Write(p.AmbientCapabilities);
        w.Write(p.NoNewPrivileges);
        w.Write(p.Limits.Count);
        foreach (RlimitRequest limit in p.Limits)
        {
            w.Write(limit.Resource);
            w.Write(limit.Soft);
            w.Write(limit.Hard);
        }

        w.Write(p.Terminal);
        w.Write(p.StdinFd);
        w.Write(p.StdoutFd);
        w.Write(p.StderrFd);
    }

    private static ProcessRequest ReadProcess(BinaryReader r) => new()
    {
        // Object initialisers run in the order written, which is the order of the bytes.
        Arguments = ReadStrings(r),
        Environment = ReadStrings(r),
        WorkingDirectory = r.ReadString(),
        UserName = r.ReadString(),
        Uid = r.ReadUInt32(),
        Gid = r.ReadUInt32(),
        Groups = ReadNumbers(r),
        Umask = r.ReadUInt32(),
        BoundingCapabilities = r.ReadUInt64(),
        EffectiveCapabilities = r.ReadUInt64(),
        PermittedCapabilities = r.ReadUInt64(),
        InheritableCapabilities = r.ReadUInt64(),
        AmbientCapabilities = r.ReadUInt64(),
        NoNewPrivileges = r.ReadBoolean(),
        Limits = ReadLimits(r),
        Terminal = r.ReadBoolean(),
        StdinFd = r.ReadInt32(),
        StdoutFd = r.ReadInt32(),
        StderrFd = r.ReadInt32(),
    };

    private static void Write(BinaryWriter w, IReadOnlyList<string> texts)
    {
        w.Write(texts.Count);
        foreach (string text in texts)
        {
            w.Write(text);
        }
    }

    private static string[] ReadStrings(BinaryReader r)
    {
        var texts = new string[Count(r)];
        for (int i = 0; i < texts.Length; i++)
        {
            texts[i] = r.ReadString();
        }

        return texts;
    }

    private static uint[] ReadNumbers(BinaryReader r)
    {
        var numbers = new uint[Count(r)];
        for (int i = 0; i < numbers.Length; i++)
        {
            numbers[i] = r.ReadUInt32();
        }

        return numbers;
    }

    private static RlimitRequest[] ReadLimits(BinaryReader r)
    {
        var limits = new RlimitRequest[Count(r)];
        for (int i = 0; i < limits.Length; i++)
        {
            limits[i] = new RlimitRequest(r.ReadInt32(), r.ReadUInt64(), r.ReadUInt64());
        }

        return limits;
    }

    private static string? ReadOptional(BinaryReader r)
    {
        bool present = r.ReadBoolean();
        string text = r.ReadString();
        return present ? text : null;
    }

    private static int Count(BinaryReader r)
    {
        int count = r.ReadInt32();
        return (uint)count <= MaximumBytes / 4 ? count : throw new InvalidDataException("count out of range");
    }
}

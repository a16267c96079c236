// SPDX-License-Identifier: Apache-2.0
using System;
using System.Collections.Generic;
using System.Text;
using Moat.Abi;
using Moat.Abi.Resources;
using Moat.Base;
using Moat.Control.Boot;
using Moat.Host.Processes;
using Moat.Kernel.Limits;
using Moat.Kernel.Tasks;
using Moat.Vfs;
using Moat.Vfs.Paths;

namespace Moat.Sandbox.Boot;

/// <summary>Turns the request's process into what the kernel starts.</summary>
internal sealed class GuestProcess
{
    private const int NotExecutable = 126;
    private const int NotFound = 127;
    private readonly ProcessRequest _request;
    private readonly MountNamespace _mounts;

    internal GuestProcess(ProcessRequest request, MountNamespace mounts)
    {
        _request = request;
        _mounts = mounts;
    }

    /// <summary>One line for the caller, with the status that `docker run` uses.</summary>
    internal static BootException CannotExecute(string name, Errno error)
    {
        bool missing = error == Errno.ENOENT && name.Length > 0;
        string why = error switch
        {
            Errno.ENOENT => "not found",
            Errno.ENOEXEC => "not an executable that this machine runs (exec format error)",
            _ => ErrnoMessages.Get(error),
        };
        return new BootException(missing ? NotFound : NotExecutable, $"cannot run \"{name}\": {why}");
    }

    internal ProcessSpec Build(OpenFile[] streams, Action<int> exited)
    {
        var files = new FdTable();
        for (int i = 0; i < streams.Length; i++)
        {
            // The table takes our reference over.
            _ = files.Install(streams[i], closeOnExec: false, minimum: i);
        }

        Location root = _mounts.Root;
        var caller = new BootCaller(root);
        Credentials credentials = WithIds(caller);
        return new ProcessSpec
        {
            Arguments = Bytes(_request.Arguments),
            Environment = Bytes(WithHome(caller, credentials.Uid)),
            Credentials = credentials,
            FileSystem = new FsContext
            {
                Root = root, WorkingDirectory = WorkingDirectory(caller), Umask = _request.Umask,
            },
            Files = files,
            Limits = Limits(),
            Nice = HostProcess.GetNice(),
            Exited = exited,
        };
    }

    private Credentials WithIds(BootCaller caller)
    {
        (uint uid, uint gid, uint[] groups) = UserLookup.Find(caller, _request);
        // Who was only found here: the launcher did not know whether that is root.
        ulong may = _request.UserName.Length > 0 && uid != 0 ? 0 : ulong.MaxValue;
        return Credentials.For(uid, gid, groups, Credentials.AllCapabilities) with
        {
            Bounding = _request.BoundingCapabilities,
            Effective = _request.EffectiveCapabilities & may,
            Permitted = _request.PermittedCapabilities & may,
            Inheritable = _request.InheritableCapabilities & may,
            Ambient = _request.AmbientCapabilities & may,
            NoNewPrivileges = _request.NoNewPrivileges,
        };
    }

    private Location WorkingDirectory(BootCaller caller)
    {
        byte[] path = Encoding.UTF8.GetBytes(_request.WorkingDirectory);
        Result<Location> found = PathWalker.Lookup(
            caller, caller.FileSystem.Root, path, LookupFlags.Follow | LookupFlags.Directory,
                ResolveFlags.None);
        return found.TryGet(out Location place, out Errno error)
            ? place
            : throw new BootException(
                NotExecutable, $"working directory {_request.WorkingDirectory}: {ErrnoMessages.Get(error)}");
    }

    private List<string> WithHome(BootCaller caller, uint uid)
    {
        var variables = new List<string>(_request.Environment);
        if (!variables.Exists(v => v.StartsWith("HOME=", StringComparison.Ordinal)))
        {
            variables.Add("HOME=" + UserLookup.HomeOf(caller, uid));
        }

        return variables;
    }

    private ResourceLimits Limits()
    {
        var limits = new ResourceLimits();
        foreach (RlimitRequest limit in _request.Limits)
        {
            if ((uint)limit.Resource < ResourceLimits.Count)
            {
                limits.Set((Resource)limit.Resource, new ResourceLimit(limit.Soft, limit.Hard));
            }
        }

        return limits;
    }

    private static List<byte[]> Bytes(IReadOnlyList<string> values)
    {
        var all = new List<byte[]>(values.Count);
        foreach (string value in values)
        {
            all.Add(Encoding.UTF8.GetBytes(value));
        }

        return all;
    }
}

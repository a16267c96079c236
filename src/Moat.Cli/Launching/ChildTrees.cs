// SPDX-License-Identifier: Apache-2.0
using System;
using System.Collections.Generic;
using System.IO;
using System.Text;
using Moat.Abi;
using Moat.Base;
using Moat.Control.Boot;
using Moat.Host.Children;
using Moat.Host.Files;

namespace Moat.Cli.Launching;

/// <summary>
/// The host files and directories that the child opens for the kernel process, in its own mount namespace.
/// </summary>
internal sealed class ChildTrees
{
    private const ulong Recursive = 0x8000;
    private const ulong EmptyPath = 0x1000;
    private readonly ChildProgram _program;
    private readonly List<(string Path, bool ReadOnly, bool IsFile, int Target)> _trees = new();

    internal ChildTrees(ChildProgram program) => _program = program;

    /// <summary>Gives the root and every bind mount a number, from the given one on.</summary>
    internal BootRequest Number(LaunchPlan plan, ref int nextTarget)
    {
        BootRequest request = plan.Request;
        bool rootWritable = !request.RootOverlay && !request.RootReadOnly;
        int root = nextTarget++;
        _trees.Add((plan.RootPath, !rootWritable, IsRegularFile(plan.RootPath), root));
        int overlay = plan.OverlayPath is null ? -1 : nextTarget++;
        if (plan.OverlayPath is { } upper)
        {
            _trees.Add((upper, false, false, overlay));
        }

        var layers = new List<int>();
        foreach (string layer in plan.LayerPaths)
        {
            layers.Add(nextTarget);
            _trees.Add((layer, true, false, nextTarget++));
        }

        var mounts = new List<MountRequest>();
        int bind = 0;
        foreach (MountRequest mount in request.Mounts)
        {
            if (mount.Kind is not (MountKind.Bind or MountKind.CgroupDirectory))
            {
                mounts.Add(mount);
                continue;
            }

            string source = plan.BindSources[bind++];
            int target = nextTarget++;
            _trees.Add((source, mount.ReadOnly, IsRegularFile(source), target));
            mounts.Add(mount.Kind == MountKind.Bind
                ? mount with { Fd = target, IsFile = !Directory.Exists(source), Source = source }
                : mount with { Fd = target });
        }

        return request with { RootFd = root, OverlayFd = overlay, LayerFds = layers, Mounts = mounts };
    }

    /// <summary>The steps that open them.</summary>
    internal void AddSteps()
    {
        foreach ((string path, bool readOnly, bool isFile, int target) in _trees)
        {
            if (isFile)
            {
                AddFile(path, readOnly, target);
            }
            else
            {
                AddTree(path, readOnly, target);
            }
        }
    }

    private static bool IsRegularFile(string path) =>
        HostPath.Stat(HostPath.CurrentDirectory, Encoding.UTF8.GetBytes(path), 0, out HostStatx stat)
            == Errno.Success
        && StatMode.TypeOf(stat.Mode) == FileType.Regular;

    /// <summary>A single file, opened here: later there is no directory to open it from.</summary>
    private void AddFile(string path, bool readOnly, int target)
    {
        int open = _program.Add(
            $"open {path}", SyscallNumber.openat, unchecked((ulong)HostPath.CurrentDirectory),
            _program.Text(path),
            (ulong)(OpenFlags.CloseOnExec | (readOnly ? OpenFlags.ReadOnly : OpenFlags.ReadWrite)));
        int place = _program.Add($"place {path}", SyscallNumber.dup2, 0, (ulong)target);
        int close = _program.Add("close", SyscallNumber.close);
        _program.StoreResult(open, place, 0);
        _program.StoreResult(open, close, 0);
    }

    /// <summary>A detached copy of the tree at a path, of the kernel process's own mount namespace.</summary>
    private void AddTree(string path, bool readOnly, int target)
    {
        const ulong clone = 1;
        const ulong closeOnExec = 0x80000;
        const ulong attributeReadOnly = 1;
        const ulong attributeNoSetUid = 2;
        const ulong attributeNoDevices = 4;
        ulong set = attributeNoSetUid | attributeNoDevices | (readOnly ? attributeReadOnly : 0);
        var attributes = new byte[32];
        BitConverter.TryWriteBytes(attributes, set);
        int open = _program.Add(
            $"open {path}", SyscallNumber.openat, unchecked((ulong)HostPath.CurrentDirectory),
            _program.Text(path), (ulong)(OpenFlags.Path | OpenFlags.CloseOnExec));
        int tree = _program.Add(
            $"take {path}", SyscallNumber.open_tree, 0, _program.Text(""),
            clone | closeOnExec | Recursive | EmptyPath);
        int protect = _program.Add(
            $"protect {path}", SyscallNumber.mount_setattr, 0, _program.Text(""), Recursive | EmptyPath,
            _program.Bytes(attributes), 32);
        int place = _program.Add($"place {path}", SyscallNumber.dup2, 0, (ulong)target);
        int closeOpen = _program.Add("close", SyscallNumber.close);
        int closeTree = _program.Add("close", SyscallNumber.close);
        _program.StoreResult(open, tree, 0);
        _program.StoreResult(open, closeOpen, 0);
        _program.StoreResult(tree, protect, 0);
        _program.StoreResult(tree, place, 0);
        _program.StoreResult(tree, closeTree, 0);
    }
}

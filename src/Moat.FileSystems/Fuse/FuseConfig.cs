// SPDX-License-Identifier: Apache-2.0
using System;
using System.Globalization;
using Moat.Abi;
using Moat.Base;
using Moat.FileSystems.Tmpfs;
using Moat.Kernel;
using Moat.Kernel.Tasks;
using Moat.Vfs;
using Moat.Vfs.Contexts;

namespace Moat.FileSystems.Fuse;

/// <summary>Options of a FUSE file system that is to be made, on a descriptor of /dev/fuse.</summary>
internal sealed class FuseConfig(VirtualFileSystem vfs, LinuxKernel kernel, FuseBudget budget, Caller maker)
    : FileSystemConfig("fuse", maker.Credentials.Space)
{
    private const int LongestSubtype = 64;
    private uint? _fd;
    private uint? _rootMode;
    private uint? _user;
    private uint? _group;
    private uint? _maxRead;
    private bool _checksModes;
    private bool _allowsOthers;

    protected override bool TrySet(Caller caller, in FsParameter parameter, out Errno error)
    {
        (string key, string text) = (parameter.Key, parameter.Text);
        error = Errno.Success;
        switch (key)
        {
            case "default_permissions" or "allow_other":
                _checksModes |= key[0] == 'd';
                _allowsOthers |= key[0] == 'a';
                error = parameter.Kind == ParameterKind.Flag
                    ? Errno.Success : Complain($"Unexpected value for '{key}'");
                return true;
            case "subtype":
                error = Subtype is null ? Errno.Success : Complain("Multiple subtypes");
                Subtype = text;
                return true;
            case "fd" or "rootmode" or "user_id" or "group_id" or "max_read" or "blksize":
                error = parameter.Kind == ParameterKind.String && TrySetNumber(caller, key, text)
                    ? Errno.Success : BadValue(key);
                return true;
            default:
                return false;
        }
    }

    protected override Result<FileSystem> Make(Caller caller)
    {
        if (_fd is not { } fd || _rootMode is not { } mode || _user is not { } user
            || _group is not { } group || !IsGood(Subtype) || caller is not Task task)
        {
            return Errno.EINVAL;
        }

        using FileReference reference = caller.Files.Borrow((int)fd);
        if (reference.File is not FuseDeviceFile device || device.Opener != Owner)
        {
            return Errno.EINVAL;
        }

        var options = new FuseOptions(mode, user, group)
        {
            AllowsOthers = _allowsOthers, ChecksModes = _checksModes, MaxRead = _maxRead,
        };
        int most = (int)Math.Clamp(_maxRead ?? uint.MaxValue, 4096, FuseTerms.LargestTransfer);
        var connection = new FuseConnection(
            budget, new FuseTerms { Owner = Owner, PidSpace = task.PidSpace, MaxRead = most });
        var made = new FuseFileSystem(vfs, kernel, connection, options, Subtype);
        if (!device.TryServe(connection))
        {
            return Errno.EINVAL;
        }

        connection.Post(FuseMessages.Init());
        return made;
    }

    private bool TrySetNumber(Caller caller, string key, string text)
    {
        uint number;
        if (key == "rootmode")
        {
            bool isMode = TmpfsNumbers.TryOctal(text, out number);
            _rootMode = number & (StatMode.TypeMask | StatMode.PermissionMask);
            return isMode && FuseAttributes.IsType(StatMode.TypeOf(number));
        }

        if (!uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number))
        {
            return false;
        }

        switch (key)
        {
            case "fd":
                _fd = number;
                return number <= int.MaxValue;
            case "user_id":
                _user = Owner.Uids.ToKernel(number);
                return _user != uint.MaxValue;
            case "group_id":
                _group = Owner.Gids.ToKernel(number);
                return _group != uint.MaxValue;
            case "max_read":
                _maxRead = number;
                return true;
            default:
                // Block sizes belong to devices (fuseblk).
                return false;
        }
    }

    // It is shown in /proc/mounts.
    private static bool IsGood(string? subtype)
    {
        foreach (char c in subtype ?? "")
        {
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('-' or '_' or '.' or '#' or '+' or ':'))
            {
                return false;
            }
        }

        return subtype is null || subtype.Length is > 0 and <= LongestSubtype;
    }
}

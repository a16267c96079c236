// SPDX-License-Identifier: Apache-2.0
using Moat.Abi;
using Moat.Base;
using Moat.FileSystems.Tmpfs.Quotas;
using Moat.Vfs;
using Moat.Vfs.Contexts;
using Moat.Vfs.Namespaces;

namespace Moat.FileSystems.Tmpfs;

/// <summary>Options of a tmpfs that is to be made, or of a remount (tmpfs(5)).</summary>
internal sealed class TmpfsConfig : FileSystemConfig
{
    private readonly VirtualFileSystem _vfs;
    private readonly TmpfsOptions _defaults;
    private readonly long _totalMemory;
    private TmpfsOptions _options;
    private bool _hasSize;
    private bool _hasInodes;

    /// <summary>Begins with what an instance has when nothing is named.</summary>
    internal TmpfsConfig(VirtualFileSystem vfs, TmpfsOptions defaults, long totalMemory, Credentials who)
        : base("tmpfs", who.Space)
    {
        _vfs = vfs;
        _totalMemory = totalMemory;
        _defaults = defaults with { Uid = who.FsUid, Gid = who.FsGid };
        _options = _defaults;
    }

    protected override bool TrySet(Caller caller, in FsParameter parameter, out Errno error)
    {
        (string key, string text) = (parameter.Key, parameter.Text);
        error = Errno.Success;
        switch (key)
        {
            case "inode32" or "inode64" or "noswap":
                error = parameter.Kind != ParameterKind.Flag ? Complain($"Unexpected value for '{key}'")
                    : key == "noswap" && !Owner.IsInitial
                        ? Complain("Turning off swap in unprivileged tmpfs mounts unsupported") : error;
                return true;
            case var _ when TmpfsQuotaOptions.IsFlag(key):
                error = parameter.Kind != ParameterKind.Flag ? Complain($"Unexpected value for '{key}'")
                    : !Owner.IsInitial
                        ? Complain("Quotas in unprivileged tmpfs mounts are unsupported") : error;
                _options = _options with { Quotas = TmpfsQuotaOptions.With(_options.Quotas, key) };
                return true;
            case var _ when TmpfsQuotaOptions.IsLimit(key):
                error = SetQuotaLimit(key, parameter.Kind == ParameterKind.String ? text : "");
                return true;
            case "size" or "nr_blocks" or "nr_inodes" or "mode" or "huge" or "mpol" or "uid" or "gid":
                break;
            default:
                return false;
        }

        bool isText = parameter.Kind == ParameterKind.String && text.Length > 0;
        error = key is "uid" or "gid" ? SetOwner(caller, key, isText ? text : "")
            : isText && TrySetText(key, text) ? error : BadValue(key);
        return true;
    }

    protected override Result<FileSystem> Make(Caller caller)
    {
        _options.Budget.MakeRoom();
        return new TmpfsFileSystem(_vfs, _options);
    }

    protected override Errno Change(FileSystem fileSystem)
    {
        if (fileSystem is not TmpfsFileSystem tmpfs)
        {
            return Errno.Success;
        }

        if (_options.Quotas is { } quotas)
        {
            if ((quotas.HasUsers || quotas.HasGroups) && tmpfs.Quotas is null)
            {
                return Complain("Cannot enable quota on remount");
            }

            if (TmpfsQuotaOptions.ChangesLimits(quotas, tmpfs.TmpfsOptions.Quotas ?? new QuotaLimits()))
            {
                return Complain("Cannot change global quota limit on remount");
            }
        }

        return tmpfs.TryChange(_hasSize ? _options.SizeLimit : null, _hasInodes ? _options.InodeLimit : null)
            is { } complaint ? Complain(complaint) : Errno.Success;
    }

    private bool TrySetText(string key, string text)
    {
        switch (key)
        {
            case "size":
                _hasSize = TmpfsNumbers.TrySize(text, _totalMemory, out long size);
                _options = _options with { SizeLimit = size, ShowsSize = size != _defaults.SizeLimit };
                return _hasSize;
            case "nr_blocks":
                _hasSize = TmpfsNumbers.TryCount(text, long.MaxValue / TmpfsFileSystem.PageSize, out size);
                size *= TmpfsFileSystem.PageSize;
                _options = _options with { SizeLimit = size, ShowsSize = size != _defaults.SizeLimit };
                return _hasSize;
            case "nr_inodes":
                _hasInodes = TmpfsNumbers.TryCount(text, long.MaxValue / 1024, out long inodes);
                _options = _options with { InodeLimit = inodes, ShowsInodes = true };
                return _hasInodes;
            case "mode":
                bool isMode = TmpfsNumbers.TryOctal(text, out uint mode);
                _options = isMode ? _options with { Mode = mode & 0xfff } : _options;
                return isMode;
            case "huge":
                return text is "never" or "always" or "within_size" or "advise";
            default:
                return true;
        }
    }

    private Errno SetQuotaLimit(string key, string text)
    {
        if (text.Length == 0 || !TmpfsNumbers.TryCount(text, long.MaxValue, out long limit))
        {
            return BadValue(key);
        }

        _options = _options with { Quotas = TmpfsQuotaOptions.With(_options.Quotas, key, limit) };
        return Errno.Success;
    }

    // An unknown number is complained about twice, as in Linux.
    private Errno SetOwner(Caller caller, string key, string text)
    {
        if (!TmpfsNumbers.TryId(text, out uint id))
        {
            BadValue(key);
            return BadValue(key);
        }

        bool isKnown = id != IdMap.Invalid
            && (key == "uid" ? caller.TryReadUid(ref id) : caller.TryReadGid(ref id));
        if (!isKnown)
        {
            return Complain($"Invalid {key} '{text}'");
        }

        _options = key == "uid" ? _options with { Uid = id } : _options with { Gid = id };
        return Errno.Success;
    }
}

// SPDX-License-Identifier: Apache-2.0
using System;
using Moat.Abi;
using Moat.Base;

namespace Moat.Vfs.Contexts;

/// <summary>The file of fsopen(2) and fspick(2), whose log is what can be read.</summary>
/// <remarks>
/// Locks: one of rank FilePosition guards options and phase; file systems are made under it.
/// </remarks>
public sealed class ContextFile : OpenFile
{
    private readonly RankedLock _lock = new(LockRank.FilePosition);
    private readonly InodeAttributes _attributes;
    private readonly ContextLog _log = new();
    private FileSystemConfig _config;
    private ContextPhase _phase;

    /// <summary>A context.</summary>
    /// <param name="caller">Whose it is.</param>
    /// <param name="config">Its options.</param>
    /// <param name="fileSystem">What is to be changed; null when one is to be made.</param>
    public ContextFile(Caller caller, FileSystemConfig config, FileSystem? fileSystem)
        : base(OpenFlags.ReadWrite)
    {
        _config = config;
        config.Log = _log;
        FileSystem = fileSystem;
        _phase = fileSystem is null ? ContextPhase.Creating : ContextPhase.Changing;
        _attributes = AnonymousInodes.Describe(
            AnonymousInodes.AnonymousDevice, AnonymousInodes.Next(), 0x180, caller.Credentials);
    }

    /// <summary>What it has made, or changes.</summary>
    public FileSystem? FileSystem { get; private set; }

    /// <summary>True when what it makes may not show more than can be seen already.</summary>
    public bool MustBeVisible => _config.MustBeVisible;

    /// <inheritdoc/>
    public override string AnonymousName => "anon_inode:[fscontext]";

    /// <inheritdoc/>
    public override Result<InodeAttributes> GetAttributes() => _attributes;

    /// <inheritdoc/>
    public override Result<int> Read(Caller caller, Span<byte> buffer)
    {
        if (!_log.Take(buffer.Length).TryGet(out byte[]? message, out Errno error))
        {
            return error;
        }

        message.CopyTo(buffer);
        return message.Length;
    }

    /// <summary>FSCONFIG_SET_*: EBUSY when no options are awaited.</summary>
    public Errno Set(Caller caller, in FsParameter parameter)
    {
        using (_lock.Enter())
        {
            return _phase is ContextPhase.Creating or ContextPhase.Changing
                ? _config.Set(caller, parameter) : Errno.EBUSY;
        }
    }

    /// <summary>FSCONFIG_CMD_CREATE.</summary>
    /// <param name="caller">Who asks.</param>
    /// <param name="exclusive">FSCONFIG_CMD_CREATE_EXCL: EBUSY for what may be mounted already.</param>
    public Errno Create(Caller caller, bool exclusive)
    {
        using (_lock.Enter())
        {
            if (_phase != ContextPhase.Creating)
            {
                return Errno.EBUSY;
            }

            // Who may not make it may still give the context to one who may.
            if (!caller.Credentials.Has(Capability.SysAdmin, _config.Owner))
            {
                return Errno.EPERM;
            }

            _phase = ContextPhase.Failed;
            if (exclusive && _config.IsShared)
            {
                _log.Add($"w {_config.TypeName}: reusing existing filesystem not allowed");
                return Errno.EBUSY;
            }

            if (!_config.Create(caller).TryGet(out FileSystem? made, out Errno error))
            {
                return error;
            }

            FileSystem = made;
            _phase = ContextPhase.AwaitingMount;
            return Errno.Success;
        }
    }

    /// <summary>FSCONFIG_CMD_RECONFIGURE.</summary>
    /// <param name="caller">Who asks.</param>
    /// <param name="isWritten">True when files of it are open for writing.</param>
    public Errno Reconfigure(Caller caller, bool isWritten)
    {
        using (_lock.Enter())
        {
            if (_phase != ContextPhase.Changing)
            {
                return Errno.EBUSY;
            }

            Errno error = _config.Reconfigure(caller, FileSystem!, isWritten);
            if (error != Errno.Success)
            {
                _phase = ContextPhase.Failed;
                return error;
            }

            BeginChanging(caller);
            return Errno.Success;
        }
    }

    /// <summary>fsmount(2) takes what was made; EBUSY when that is no longer waiting.</summary>
    public Result<string> Take(Caller caller)
    {
        using (_lock.Enter())
        {
            if (_phase != ContextPhase.AwaitingMount)
            {
                return Errno.EBUSY;
            }

            string source = _config.Source ?? "none";
            BeginChanging(caller);
            return source;
        }
    }

    /// <inheritdoc/>
    protected override void Destroy()
    {
    }

    private void BeginChanging(Caller caller)
    {
        _config = FileSystem!.BeginChange(caller);
        _config.Log = _log;
        _phase = ContextPhase.Changing;
    }
}

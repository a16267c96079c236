// SPDX-License-Identifier: Apache-2.0
using Moat.Abi;
using Moat.Base;
using Moat.Kernel;
using Moat.Kernel.Tasks;
using Moat.Vfs;
using Moat.Vfs.Generated;

namespace Moat.FileSystems.DevPts;

/// <summary>/dev/pts/N.</summary>
internal sealed class PtsNode : GeneratedInode
{
    private uint _mode = 0x190;
    private uint _uid;
    private uint _gid;

    internal PtsNode(FileSystem fileSystem, LinuxKernel kernel, int number, Credentials owner)
        : base(fileSystem, FileType.CharacterDevice, 0x190)
    {
        Number = (ulong)number + 3;
        _uid = owner.FsUid;
        _gid = 5;
        Terminal = new PseudoTerminal(kernel, number, this);
    }

    public override bool IsCacheable => false;

    internal PseudoTerminal Terminal { get; }

    protected override (uint Uid, uint Gid) Owner => (_uid, _gid);

    protected override uint Permissions => _mode;

    public override Errno GetAttributes(out InodeAttributes attributes)
    {
        Errno error = base.GetAttributes(out attributes);
        attributes.SpecialDeviceId = DeviceNumber.Make(136, (uint)Terminal.Number);
        return error;
    }

    public override Errno SetAttributes(Caller caller, in AttributeChange change)
    {
        _mode = change.Has(AttributeChange.Fields.Mode) ? change.Mode & 0xfff : _mode;
        _uid = change.Has(AttributeChange.Fields.Uid) ? change.Uid : _uid;
        _gid = change.Has(AttributeChange.Fields.Gid) ? change.Gid : _gid;
        return Errno.Success;
    }

    public override Result<OpenFile> Open(Caller caller, Location location, OpenFlags flags) =>
        OpenSlave(caller, location, flags);

    /// <summary>
    /// Opens the slave; a session leader without a terminal gets it as its own, unless O_NOCTTY is given.
    /// </summary>
    internal Result<OpenFile> OpenSlave(Caller caller, Location? location, OpenFlags flags)
    {
        if (Terminal.IsHungUp || (Terminal.IsLocked && location is not null))
        {
            return Errno.EIO;
        }

        if (Terminal.IsSlaveExclusive && !((Task)caller).Credentials.Has(Capability.SysAdmin))
        {
            return Errno.EBUSY;
        }

        Location place = location ?? new Location(
            FileSystem.Vfs.AnonymousMount, Dentry.CreateAnonymous(this, $"/dev/pts/{Terminal.Number}"));
        var file = new PtySlaveFile(Terminal, place, flags);
        if ((flags & OpenFlags.NoControllingTerminal) == 0)
        {
            _ = TerminalSessions.Acquire((Task)caller, Terminal, mayFail: false);
        }

        return file;
    }
}

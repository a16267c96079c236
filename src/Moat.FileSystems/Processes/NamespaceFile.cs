// SPDX-License-Identifier: Apache-2.0
using Moat.Abi;
using Moat.Base;
using Moat.Kernel.Namespaces;
using Moat.Kernel.Tasks;
using Moat.Vfs;
using Moat.Vfs.Namespaces;

namespace Moat.FileSystems.Processes;

/// <summary>An open namespace: for setns(2) and the questions of ioctl_nsfs(2).</summary>
public sealed class NamespaceFile : OpenFile
{
    private const uint GetUserNamespace = 0xb701;
    private const uint GetParent = 0xb702;
    private const uint GetKind = 0xb703;
    private const uint GetOwnerUid = 0xb704;
    private const uint GetMountNamespaceId = 0x8008b705;

    private readonly Location _location;

    /// <summary>Opens it; a user of a mount namespace has been added already.</summary>
    internal NamespaceFile(GuestNamespace space, Location location, OpenFlags flags)
        : base(flags)
    {
        Space = space;
        _location = location;
    }

    /// <summary>What it is the file of.</summary>
    public GuestNamespace Space { get; }

    /// <inheritdoc/>
    public override Location? Location => _location;

    /// <summary>CLONE_NEW* of a kind.</summary>
    public static long FlagOf(NamespaceKind kind) => kind switch
    {
        NamespaceKind.Mount => 0x20000,
        NamespaceKind.Cgroup => 0x2000000,
        NamespaceKind.Uts => 0x4000000,
        NamespaceKind.Ipc => 0x8000000,
        NamespaceKind.User => 0x10000000,
        NamespaceKind.Pid => 0x20000000,
        NamespaceKind.Net => 0x40000000,
        _ => 0x80,
    };

    /// <inheritdoc/>
    public override Result<InodeAttributes> GetAttributes() =>
        _location.Inode.GetAttributes(out InodeAttributes attributes) is var error && error == Errno.Success
            ? attributes : error;

    /// <inheritdoc/>
    public override Result<long> Ioctl(Caller caller, uint command, ulong argument)
    {
        switch (command)
        {
            case GetUserNamespace:
                return Space.Owner is { } owner && owner.IsWithin(caller.Credentials.Space)
                    ? Install((Task)caller, owner) : Errno.EPERM;
            case GetParent:
                return Parent((Task)caller);
            case GetKind:
                return FlagOf(Space.Kind);
            case GetOwnerUid when Space is UserNamespace users:
                Errno error = caller.Memory.Write(argument, caller.ShowUid(users.OwnerUid));
                return error == Errno.Success ? 0L : error;
            case GetMountNamespaceId when Space is MountNamespace mounts:
                error = caller.Memory.Write(argument, mounts.Id);
                return error == Errno.Success ? 0L : error;
            case GetOwnerUid or GetMountNamespaceId:
                return Errno.EINVAL;
            default:
                return Errno.ENOTTY;
        }
    }

    /// <inheritdoc/>
    protected override void Destroy() => (Space as MountNamespace)?.RemoveUser();

    private Result<long> Parent(Task caller)
    {
        switch (Space)
        {
            case UserNamespace users:
                return !users.IsInitial && users.Owner.IsWithin(caller.Credentials.Space)
                    ? Install(caller, users.Owner) : Errno.EPERM;
            case PidNamespace pids:
                return pids.Parent is { } parent && caller.PidSpace.IsAbove(parent)
                    ? Install(caller, parent) : Errno.EPERM;
            default:
                return Errno.EINVAL;
        }
    }

    private Result<long> Install(Task caller, GuestNamespace space)
    {
        NamespaceFiles files = (NamespaceFiles)_location.Mount.FileSystem;
        var file = new NamespaceFile(space, files.LocationOf(space), OpenFlags.ReadOnly);
        return caller.Files.Install(file, closeOnExec: true).TryGet(out int fd, out Errno error) ? fd : error;
    }
}

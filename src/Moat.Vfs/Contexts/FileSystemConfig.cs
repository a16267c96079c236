// SPDX-License-Identifier: Apache-2.0
using System;
using Moat.Abi;
using Moat.Base;
using Moat.Vfs.Namespaces;

namespace Moat.Vfs.Contexts;

/// <summary>
/// Options of a file system that is to be made or changed (struct fs_context): what mount(2) reads from a
/// string, and fsconfig(2) one by one.
/// </summary>
/// <remarks>
/// Locks: none; whoever fills it sees to it that nobody else does. It holds a few numbers and one source.
/// </remarks>
/// <param name="typeName">As in /proc/filesystems.</param>
/// <param name="owner">Where it needs CAP_SYS_ADMIN; its files belong there.</param>
public abstract class FileSystemConfig(string typeName, UserNamespace owner)
{
    /// <summary>As in /proc/filesystems.</summary>
    public string TypeName { get; } = typeName;

    /// <summary>The user namespace in which the one who makes it needs CAP_SYS_ADMIN.</summary>
    public UserNamespace Owner { get; } = owner;

    /// <summary>The first column of /proc/mounts; null while none is named.</summary>
    public string? Source { get; set; }

    /// <summary>What follows the dot in the type's name; null for nothing.</summary>
    public string? Subtype { get; set; }

    /// <summary>Flags of the file system as a whole, among those of <see cref="FlagsMask"/>.</summary>
    public MountFlags Flags { get; set; }

    /// <summary>Those that a remount changes.</summary>
    public MountFlags FlagsMask { get; set; }

    /// <summary>Where complaints go; null for nowhere.</summary>
    public ContextLog? Log { get; set; }

    /// <summary>
    /// True when there is one instance per namespace: another mount shows the same, with its flags.
    /// </summary>
    public virtual bool IsShared => false;

    /// <summary>
    /// True when it may be mounted in a user namespace only where it can be seen whole already.
    /// </summary>
    public bool MustBeVisible { get; init; }

    /// <summary>Takes one option; EINVAL for what is unknown or wrong.</summary>
    public Errno Set(Caller caller, in FsParameter parameter)
    {
        if (SuperFlags.TryFind(parameter.Key, out MountFlags flag, out bool isSet))
        {
            FlagsMask |= flag;
            Flags = isSet ? Flags | flag : Flags & ~flag;
            return Errno.Success;
        }

        if (TrySet(caller, parameter, out Errno error))
        {
            return error;
        }

        if (parameter.Key != "source")
        {
            return Complain($"Unknown parameter '{parameter.Key}'");
        }

        if (parameter.Kind != ParameterKind.String || Source is not null)
        {
            Log?.Add(parameter.Kind != ParameterKind.String ? "e Non-string source" : "e Multiple sources");
            return Errno.EINVAL;
        }

        Source = parameter.Text;
        return Errno.Success;
    }

    /// <summary>Takes the options of mount(2): "a,b=c".</summary>
    public Errno SetAll(Caller caller, string data)
    {
        foreach (Range range in data.AsSpan().Split(','))
        {
            string item = data[range];
            Errno error = item.Length == 0 || item[0] == '='
                ? Errno.Success : Set(caller, FsParameter.Parse(item));
            if (error != Errno.Success)
            {
                return error;
            }
        }

        return Errno.Success;
    }

    /// <summary>Makes a file system of these options; EPERM without privileges over its owner.</summary>
    public Result<FileSystem> Create(Caller caller)
    {
        if (!caller.Credentials.Has(Capability.SysAdmin, Owner))
        {
            return Errno.EPERM;
        }

        if (!FileSystemToken.TryTake(out FileSystemToken? token))
        {
            return Errno.ENOMEM;
        }

        Result<FileSystem> made = Make(caller);
        if (made.IsOk)
        {
            made.Value.Token ??= token;
        }

        if (made.TryGet(out FileSystem? fileSystem, out _) && !IsShared)
        {
            fileSystem.Owner = Owner;
            fileSystem.SetFlags(Flags, SuperFlags.All);
        }
        else if (fileSystem is not null)
        {
            fileSystem.Owner = Owner;
        }

        return made;
    }

    /// <summary>Changes a file system: options that were not named stay.</summary>
    /// <param name="caller">Who asks.</param>
    /// <param name="fileSystem">The file system.</param>
    /// <param name="isWritten">True when files are open for writing: EBUSY for "ro".</param>
    public Errno Reconfigure(Caller caller, FileSystem fileSystem, bool isWritten)
    {
        if (!caller.Credentials.Has(Capability.SysAdmin, fileSystem.Owner)
            || caller.Credentials.Landlock is not null)
        {
            return Errno.EPERM;
        }

        bool isReadOnly = (FlagsMask & MountFlags.ReadOnly) == 0
            ? fileSystem.IsReadOnly : (Flags & MountFlags.ReadOnly) != 0;
        if (!isReadOnly && fileSystem.MustBeReadOnly)
        {
            return Errno.EACCES;
        }

        if (isReadOnly && !fileSystem.IsReadOnly && isWritten)
        {
            return Errno.EBUSY;
        }

        Errno error = Change(fileSystem);
        if (error == Errno.Success)
        {
            fileSystem.SetFlags(Flags, FlagsMask);
        }

        return error;
    }

    /// <summary>Takes an option of this type of file system.</summary>
    /// <returns>False when there is none of that name.</returns>
    protected abstract bool TrySet(Caller caller, in FsParameter parameter, out Errno error);

    /// <summary>Makes the file system.</summary>
    protected abstract Result<FileSystem> Make(Caller caller);

    /// <summary>Changes a file system that has been made.</summary>
    protected virtual Errno Change(FileSystem fileSystem) => Errno.Success;

    /// <summary>Says what is wrong.</summary>
    /// <returns>EINVAL.</returns>
    protected Errno Complain(string text)
    {
        Log?.Add($"e {TypeName}: {text}");
        return Errno.EINVAL;
    }

    /// <summary>Says that the value of an option is none.</summary>
    /// <returns>EINVAL.</returns>
    protected Errno BadValue(string key) => Complain($"Bad value for '{key}'");
}

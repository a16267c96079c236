// SPDX-License-Identifier: Apache-2.0
using Moat.Abi;
using Moat.Base;

namespace Moat.Vfs.Paths;

/// <summary>
/// The right to change names of a file system: its NamespaceLock; or, where a guest process serves it
/// (<see cref="FileSystem.IsServed"/>), a turn that is waited for and that a kill ends.
/// </summary>
/// <remarks>
/// Whoever waits for a guest process holds no lock that others need: of a served file system NamespaceLock is
/// taken for the moments in which dentries change (<see cref="EnterDentries"/>).
/// </remarks>
internal readonly ref struct NameHold
{
    private readonly FileSystem? _fileSystem;

    private NameHold(FileSystem? fileSystem) => _fileSystem = fileSystem;

    /// <summary>Takes it until the hold is disposed; EINTR for a task that is to end.</summary>
    internal static NameHold Enter(Caller caller, FileSystem fileSystem, out Errno error)
    {
        error = Errno.Success;
        if (!fileSystem.IsServed)
        {
            fileSystem.NamespaceLock.Take();
            return new NameHold(fileSystem);
        }

        error = fileSystem.BeginNameChange(caller);
        return new NameHold(error == Errno.Success ? fileSystem : null);
    }

    /// <summary>What keeps dentries from changing otherwise: nothing more, or NamespaceLock now.</summary>
    internal DentryHold EnterDentries() => new(_fileSystem is { IsServed: true } ? _fileSystem : null);

    public void Dispose()
    {
        if (_fileSystem is { IsServed: true })
        {
            _fileSystem.EndNameChange();
        }
        else
        {
            _fileSystem?.NamespaceLock.GiveUp();
        }
    }

    /// <summary>A moment in which dentries change.</summary>
    internal readonly ref struct DentryHold
    {
        private readonly FileSystem? _fileSystem;

        internal DentryHold(FileSystem? fileSystem)
        {
            _fileSystem = fileSystem;
            fileSystem?.NamespaceLock.Take();
        }

        public void Dispose() => _fileSystem?.NamespaceLock.GiveUp();
    }
}

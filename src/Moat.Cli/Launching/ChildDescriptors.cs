// SPDX-License-Identifier: Apache-2.0
using System;
using System.Collections.Generic;
using Moat.Abi;
using Moat.Host.Children;

namespace Moat.Cli.Launching;

/// <summary>
/// Brings descriptors to their places in the child: copied out of the way, everything else closed, put in
/// place.
/// </summary>
/// <remarks>
/// The copies are made by the child because high numbers make the descriptor table grow: in a process with
/// threads (this one has the runtime's) the host waits for an RCU grace period then, 5-10 ms. The child's
/// table, grown here, stays so for the kernel process, which would pay the same at its 65th descriptor.
/// </remarks>
internal sealed class ChildDescriptors
{
    // The executable stays here until exec; targets lie below, copies above. Grows the table to 1024.
    private const int Executable = 599;
    private const int FirstCopy = Executable + 1;
    private const int FirstFree = 3;
    private const ulong DuplicateFrom = 0;
    private const ulong CloseOnExec = 0x80000;
    private readonly ChildProgram _program;
    private readonly List<(int Source, int Target)> _placed = new();
    private readonly List<int> _copies = new();

    internal ChildDescriptors(ChildProgram program) => _program = program;

    /// <summary>Promises a descriptor of ours at a number of the child's.</summary>
    internal int Place(int source, int target)
    {
        _placed.Add((source, target));
        return target;
    }

    /// <summary>First steps: copies all of them and the executable, and closes what is between.</summary>
    internal void AddCopies(int executable)
    {
        foreach ((int source, int _) in _placed)
        {
            _copies.Add(Copy(source));
        }

        _copies.Add(Copy(executable));
        _program.Add("close descriptors", SyscallNumber.close_range, FirstFree, Executable);
    }

    /// <summary>Last steps: puts them in place, closes everything from the first unused number on.</summary>
    internal void AddPlacements(int firstUnused)
    {
        for (int i = 0; i < _placed.Count; i++)
        {
            int place = _program.Add("pass descriptor", SyscallNumber.dup2, 0, (ulong)_placed[i].Target);
            _program.StoreResult(_copies[i], place, 0);
        }

        int executable = _program.Add(
            "pass descriptor", SyscallNumber.dup3, 0, Executable, CloseOnExec);
        _program.StoreResult(_copies[^1], executable, 0);
        _program.Add("close descriptors", SyscallNumber.close_range, (ulong)firstUnused, Executable - 1);
        _program.Add("close descriptors", SyscallNumber.close_range, FirstCopy, uint.MaxValue);
    }

    /// <summary>The exec itself.</summary>
    internal void Execute(IReadOnlyList<string> arguments, IReadOnlyList<string> environment) =>
        _program.ExecFd(Executable, arguments, environment);

    private int Copy(int source) =>
        _program.Add("copy descriptor", SyscallNumber.fcntl, (ulong)source, DuplicateFrom, FirstCopy);
}

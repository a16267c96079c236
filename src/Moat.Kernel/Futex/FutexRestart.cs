// SPDX-License-Identifier: Apache-2.0
using Moat.Base;
using Moat.Kernel.Tasks;

namespace Moat.Kernel.Futex;

/// <summary>An interrupted futex wait with a timeout, to go on until the same moment.</summary>
internal sealed class FutexRestart : IRestart
{
    private readonly ulong _address;
    private readonly bool _isPrivate;
    private readonly uint _expected;
    private readonly uint _bitset;
    private readonly Deadline _deadline;

    internal FutexRestart(ulong address, bool isPrivate, uint expected, uint bitset, Deadline deadline)
    {
        _address = address;
        _isPrivate = isPrivate;
        _expected = expected;
        _bitset = bitset;
        _deadline = deadline;
    }

    /// <inheritdoc/>
    public SysResult Resume(Task task) =>
        FutexWait.Wait(task, _address, _isPrivate, _expected, _bitset, _deadline);
}

// SPDX-License-Identifier: Apache-2.0
using Moat.Base;
using Moat.Control.Boot;
using Moat.Kernel.Tasks;

namespace Moat.Sandbox.Boot;

/// <summary>
/// Marks the first guest system call for --trace-start: the first sign of a guest instruction that shows.
/// </summary>
internal sealed class FirstCallMark : ISyscallHandler
{
    private readonly ISyscallHandler _inner;
    private readonly StartTrace _trace;
    private bool _seen;

    internal FirstCallMark(ISyscallHandler inner, StartTrace trace)
    {
        _inner = inner;
        _trace = trace;
    }

    /// <inheritdoc/>
    public SysResult Invoke(Task task, uint number)
    {
        if (!_seen)
        {
            _seen = true;
            _trace.Mark("the guest runs up to its first system call");
        }

        return _inner.Invoke(task, number);
    }
}

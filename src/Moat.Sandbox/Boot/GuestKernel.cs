// SPDX-License-Identifier: Apache-2.0
using System;
using System.Text;
using Moat.Control.Boot;
using Moat.Host.Files;

namespace Moat.Sandbox.Boot;

/// <summary>The application kernel of one sandbox, wired together.</summary>
public sealed class GuestKernel : IDisposable
{
    private readonly BootRequest _request;
    private Action<int>? _exited;

    /// <summary>Builds nothing yet that could fail.</summary>
    public GuestKernel(BootRequest request) => _request = request;

    /// <summary>Reads what is needed of the host's tree; it is gone afterwards.</summary>
    public void Prepare()
    {
    }

    /// <summary>Starts the first guest process.</summary>
    /// <param name="exited">Called once, on any thread, with its wait status when it has ended.</param>
    /// <exception cref="BootException">It cannot be started: 126 or 127 with the reason.</exception>
    public void StartInit(Action<int> exited)
    {
        _exited = exited;
        string line = "moat: no kernel yet; asked for: " + string.Join(' ', _request.Process.Arguments) + "\n";
        HostFile.Write(_request.Process.StderrFd, Encoding.UTF8.GetBytes(line));
        exited(0);
    }

    /// <summary>Starts one more process beside the first (`exec`); its streams' descriptors belong to the kernel.</summary>
    /// <returns>Its guest process number.</returns>
    /// <exception cref="BootException">It cannot be started: 126 or 127 with the reason.</exception>
    public int StartProcess(ProcessRequest process, Action<int> exited) =>
        throw new BootException(125, "exec: no kernel yet");

    /// <summary>Sends a signal to the first process as if from outside: one without a handler acts by default.</summary>
    public void SignalInit(int signal) => _exited?.Invoke(signal);

    /// <summary>Sends a signal to a process that <see cref="StartProcess"/> started.</summary>
    public void Signal(int pid, int signal)
    {
    }

    /// <summary>Sends a signal to every process.</summary>
    public void SignalAll(int signal) => _exited?.Invoke(signal);

    /// <summary>Ends all stubs.</summary>
    public void Dispose()
    {
    }
}

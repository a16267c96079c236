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

    /// <summary>Builds nothing yet that could fail.</summary>
    public GuestKernel(BootRequest request) => _request = request;

    /// <summary>Called once, on any thread, with the wait status of the first process when it has ended.</summary>
    public Action<int>? InitExited { get; set; }

    /// <summary>Reads what is needed of the host's tree; it is gone afterwards.</summary>
    public void Prepare()
    {
    }

    /// <summary>Starts the first guest process.</summary>
    /// <exception cref="BootException">It cannot be started: 126 or 127 with the reason.</exception>
    public void StartInit()
    {
        string line = "moat: no kernel yet; asked for: " + string.Join(' ', _request.Process.Arguments) + "\n";
        HostFile.Write(_request.Process.StderrFd, Encoding.UTF8.GetBytes(line));
        InitExited?.Invoke(0);
    }

    /// <summary>Sends a signal to the first process; one that it has no handler for still counts, as from outside.</summary>
    public void SignalInit(int signal) => InitExited?.Invoke(signal);

    /// <summary>Sends a signal to every process.</summary>
    public void SignalAll(int signal) => InitExited?.Invoke(signal);

    /// <summary>Ends all stubs.</summary>
    public void Dispose()
    {
    }
}

// SPDX-License-Identifier: Apache-2.0
using System;
using System.Diagnostics;
using System.IO;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using Moat.Testing;

namespace Moat.Bench;

/// <summary>A running program that the harness talks to line by line.</summary>
internal sealed class Session : IDisposable
{
    private readonly Process _process;
    private readonly StringBuilder _error = new();
    private readonly Thread _errorReader;
    private readonly TimeSpan _timeout;

    /// <summary>Starts it.</summary>
    public Session(Command command)
    {
        _timeout = command.Timeout;
        _process = command.Start();
        _errorReader = new Thread(() =>
        {
            try
            {
                for (int c; (c = _process.StandardError.Read()) >= 0;)
                {
                    lock (_error)
                    {
                        _error.Append((char)c);
                    }
                }
            }
            catch (Exception e) when (e is IOException or ObjectDisposedException)
            {
                // Given up below.
            }
        }) { IsBackground = true };
        _errorReader.Start();
    }

    /// <summary>The process that was started.</summary>
    public int Pid => _process.Id;

    /// <summary>Whether a line did not come in time.</summary>
    public bool TimedOut { get; private set; }

    /// <summary>The next line of its output; null at its end or when the time is up.</summary>
    public string? ReadLine()
    {
        Task<string?> line = _process.StandardOutput.ReadLineAsync();
        if (line.Wait(_timeout))
        {
            return line.Result?.Trim();
        }
        TimedOut = true;
        return null;
    }

    /// <summary>Sends one byte.</summary>
    public void Go()
    {
        try
        {
            _process.StandardInput.Write('\n');
            _process.StandardInput.Flush();
        }
        catch (IOException)
        {
            // It ended: the next line says so.
        }
    }

    /// <summary>Closes its input and waits; ends it when it does not end by itself. Returns what went wrong,
    /// null when nothing did.</summary>
    public string? Finish()
    {
        try
        {
            _process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It ended before.
        }
        if (TimedOut || !_process.WaitForExit(10000))
        {
            _process.Kill(entireProcessTree: true);
            _process.WaitForExit(10000);
            return "timed out";
        }
        _errorReader.Join(TimeSpan.FromSeconds(2));
        lock (_error)
        {
            return _process.ExitCode == 0 ? null
                : $"exit {_process.ExitCode} {_error.ToString().Trim().Split('\n')[^1]}".TrimEnd();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _process.Dispose();
}

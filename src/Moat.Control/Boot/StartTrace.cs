// SPDX-License-Identifier: Apache-2.0
using System.Collections.Generic;
using System.Globalization;
using System.Text;
using Moat.Base;

namespace Moat.Control.Boot;

/// <summary>
/// Where the time goes between a command and its first guest instruction (`--trace-start`).
/// </summary>
public sealed class StartTrace
{
    private readonly string _who;
    private readonly List<(string Step, long AtNs)> _steps = new();

    /// <summary>Starts now, on behalf of a process that is named in every line.</summary>
    public StartTrace(string who)
    {
        _who = who;
        _steps.Add(("", Clock.MonotonicNs()));
    }

    /// <summary>A step is done.</summary>
    public void Mark(string step) => _steps.Add((step, Clock.MonotonicNs()));

    /// <summary>A line per step: microseconds it took, microseconds since the beginning.</summary>
    public string Format()
    {
        var text = new StringBuilder();
        for (int i = 1; i < _steps.Count; i++)
        {
            long took = (_steps[i].AtNs - _steps[i - 1].AtNs) / 1000;
            long total = (_steps[i].AtNs - _steps[0].AtNs) / 1000;
            text.Append(CultureInfo.InvariantCulture, $"{_who} {took,7} us {total,7} us  {_steps[i].Step}\n");
        }

        return text.ToString();
    }
}

// SPDX-License-Identifier: Apache-2.0
using System;
using System.Collections.Generic;

namespace Moat.Bench;

/// <summary>All samples of a run.</summary>
internal sealed class Results
{
    private readonly List<Row> _rows = [];
    private readonly Dictionary<(string Row, string Target), Sample> _samples = [];

    /// <summary>The rows that have samples, in the order of the tables.</summary>
    public IReadOnlyList<Row> Rows => _rows;

    /// <summary>One line on the run: when, where, how.</summary>
    public string Run { get; set; } = "";

    /// <summary>The load average when the run began: other work on the machine.</summary>
    public double Load { get; set; }

    /// <summary>The sample of a row under a target, made when there is none.</summary>
    public Sample Of(Row row, Target target) => Of(row, target.Name);

    /// <inheritdoc cref="Of(Row, Target)"/>
    public Sample Of(Row row, string target)
    {
        if (!_rows.Exists(other => other.Name == row.Name))
        {
            _rows.Add(row);
        }
        if (!_samples.TryGetValue((row.Name, target), out Sample? sample))
        {
            _samples[(row.Name, target)] = sample = new Sample();
        }
        return sample;
    }

    /// <summary>The sample of a row under a target; null when there is none.</summary>
    public Sample? Find(string row, string target) => _samples.GetValueOrDefault((row, target));

    /// <summary>The median over the rounds of wall-clock time (or memory); NaN when there is none.</summary>
    public double Value(string row, string target) => Sample.Median(Find(row, target)?.Values ?? []);

    /// <summary>The median over the rounds of CPU time per operation; NaN when there is none.</summary>
    public double Cpu(string row, string target) => Sample.Median(Find(row, target)?.Cpu ?? []);

    /// <summary>The targets that have a sample of a row.</summary>
    public List<string> Targets(string row)
    {
        List<string> targets = [];
        foreach ((string name, string target) in _samples.Keys)
        {
            if (name == row)
            {
                targets.Add(target);
            }
        }
        return targets;
    }
}

// SPDX-License-Identifier: Apache-2.0
using System;
using System.Collections.Generic;
using Moat.Testing;
using Xunit;

namespace Moat.Workload.Tests;

/// <summary>The rows of the workload tests, and how one is checked.</summary>
internal static class WorkloadRows
{
    private static readonly Dictionary<string, Workload> s_all = Collect();

    public static TheoryData<string> Names()
    {
        string? only = Environment.GetEnvironmentVariable("MOAT_WORKLOAD_ONLY");
        HashSet<string>? chosen = string.IsNullOrEmpty(only) ? null : [.. only.Split(',')];
        TheoryData<string> rows = [];
        foreach (string name in s_all.Keys)
        {
            if (chosen?.Contains(name) != false)
            {
                rows.Add(name);
            }
        }
        return rows;
    }

    public static void Check(string name, Identity identity)
    {
        Workload workload = s_all[name];
        string difference = Testing.Sandbox.Compare(identity, ["/bin/bash", "-c", workload.Script],
            workload.Timeout, Testing.Sandbox.HostOnly);
        Assert.True(difference.Length == 0, difference);
    }

    private static Dictionary<string, Workload> Collect()
    {
        Dictionary<string, Workload> all = [];
        foreach (IEnumerable<Workload> group in (IEnumerable<Workload>[])[SystemWorkloads.All,
            ToolWorkloads.All, PythonWorkloads.All, DebuggerWorkloads.All, LanguageWorkloads.All,
            NamespaceWorkloads.All, FuseWorkloads.All, MonitorWorkloads.All])
        {
            foreach (Workload workload in group)
            {
                all.Add(workload.Name, workload);
            }
        }
        return all;
    }
}

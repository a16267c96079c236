// SPDX-License-Identifier: Apache-2.0
using System;
using System.Collections.Generic;
using Moat.Testing;
using Xunit;

namespace Moat.Guest.Tests;

/// <summary>The rows of the guest tests: every program in each of its variants, for one identity.</summary>
internal static class GuestRows
{
    public static TheoryData<string, string, string> For(Identity identity)
    {
        TheoryData<string, string, string> rows = [];
        string? only = Environment.GetEnvironmentVariable("MOAT_GUEST_ONLY");
        HashSet<string>? chosen = string.IsNullOrEmpty(only) ? null : [.. only.Split(',')];
        foreach (GuestProgram program in GuestProgram.All("guest"))
        {
            if (!program.RunsOnHost || Array.IndexOf(program.Identities, identity.Name) < 0
                || chosen?.Contains(program.Name) == false)
            {
                continue;
            }
            foreach (string variant in program.Variants)
            {
                foreach (string place in program.PlacesOf(identity))
                {
                    rows.Add(program.Name, variant, place);
                }
            }
        }
        return rows;
    }

    public static void Check(string name, string variant, string place, Identity identity)
    {
        GuestProgram program = GuestProgram.Find("guest", name);
        string path = program.Build(variant);
        string difference = Sandbox.Compare(identity, [path, .. program.Arguments], program.Timeout,
            twice: true, place: place);
        Assert.True(difference.Length == 0, difference);
    }
}

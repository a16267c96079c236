// SPDX-License-Identifier: Apache-2.0
using System.Collections.Generic;
using System.Globalization;
using System.Text;

namespace Moat.Sandbox.Confinement;

/// <summary>
/// docs/host-calls.md: what the confined kernel process may ask of the host, from the filter's own rules.
/// </summary>
public static class FilterDocument
{
    /// <summary>The document.</summary>
    public static string ToMarkdown()
    {
        var names = new SortedSet<string>(System.StringComparer.Ordinal);
        int answered = 0;
        foreach (FilterRule rule in FilterRules.All)
        {
            names.Add(rule.Number.ToString());
            answered += rule.Answer == null ? 0 : 1;
        }

        var text = new StringBuilder();
        text.Append("# Host calls of the confined kernel process\n\n");
        text.Append(
            "Generated from `src/Moat.Sandbox/Confinement/FilterRules.cs` by `./x docs`; do not edit.\n");
        text.Append(CultureInfo.InvariantCulture,
            $"{names.Count} calls, {answered} of them only answered with an error. ");
        text.Append("Any other call, or other arguments, ends the kernel process (SIGSYS).\n");
        text.Append("Stubs inherit this filter and add a stricter one of their own.\n\n");
        text.Append("| call | from | condition | what for |\n| --- | --- | --- | --- |\n");
        foreach (FilterRule rule in FilterRules.All)
        {
            string why = rule.Why.Replace("|", "\\|", System.StringComparison.Ordinal);
            text.Append(CultureInfo.InvariantCulture,
                $"| {rule.Number} | {Origin(rule)} | {Condition(rule)} | {why} |\n");
        }

        return text.ToString();
    }

    private static string Origin(FilterRule rule) => rule.Origin switch
    {
        FilterOrigin.ChildProgram => "before a stub's exec",
        FilterOrigin.Stub => "stub code",
        _ => "anywhere",
    };

    private static string Condition(FilterRule rule)
    {
        var text = new StringBuilder();
        if (rule.NoBits != 0)
        {
            text.Append(CultureInfo.InvariantCulture, $"argument {rule.Argument} without 0x{rule.NoBits:x}");
        }

        if (rule.Not is uint not)
        {
            text.Append(CultureInfo.InvariantCulture, $"argument {rule.Argument} is not {not}");
        }

        if (rule.OneOf.Length > 0)
        {
            text.Append(CultureInfo.InvariantCulture, $"argument {rule.Argument} is one of");
            foreach (uint value in rule.OneOf)
            {
                text.Append(CultureInfo.InvariantCulture, $" 0x{value:x}");
            }
        }

        if (rule.Answer is Abi.Errno error)
        {
            text.Append(CultureInfo.InvariantCulture, $"answered {error}");
        }

        return text.Length == 0 ? "-" : text.ToString();
    }
}

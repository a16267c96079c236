// SPDX-License-Identifier: Apache-2.0
using System.Collections.Generic;
using System.Globalization;

namespace Moat.Bench;

/// <summary>What each row has to reach, as the project's goals say, and whether a run reached it.</summary>
internal static class Goals
{
    private const string Moat = "moat";
    private const string Host = "host";
    private const string Systrap = "runsc";
    private const double TimesFaster = 5;
    private const double NearNative = 1.5;

    /// <summary>The verdicts on a row; none when nothing is asked of it.</summary>
    public static List<Verdict> Judge(Row row, Results results)
    {
        List<Verdict> verdicts = [];
        double moat = results.Value(row.Name, Moat), host = results.Value(row.Name, Host);
        double systrap = results.Value(row.Name, Systrap), cpu = results.Cpu(row.Name, Moat);
        switch (row.Name)
        {
            case "sigsys" or "idle-pss":
                return verdicts;
            case "getppid":
                verdicts.Add(AtMost("time", moat, host, Host, 2));
                break;
            case "clock_gettime" or "fault" or "cpu":
                verdicts.Add(AtMost("time", moat, host, Host, 1.1));
                break;
            case "cpu-N":
                verdicts.Add(AtMost("time", moat, host, Host, 1.1));
                verdicts.Add(AtMost("CPU", cpu, results.Cpu(row.Name, Host), Host, 1.1));
                break;
            case "true":
                verdicts.Add(Less("time", moat, results.Value(row.Name, "runc"), "runc"));
                break;
            case "idle-rss":
                verdicts.Add(Limit(moat, 15, row.Unit));
                break;
            case "idle-cpu":
                verdicts.Add(Limit(moat, 1, row.Unit));
                break;
            case "volume-stat" or "root-stat":
                verdicts.Add(AtMost("time", moat, systrap, Systrap, 1 / TimesFaster));
                break;
            case var _ when row.Kind == RowKind.Program || MicroRows.IsInPlace(row):
                verdicts.Add(Less("time", moat, systrap, Systrap));
                break;
            default:
                verdicts.Add(Near(moat, host, systrap));
                break;
        }
        if (row.Kind != RowKind.Idle)
        {
            verdicts.Add(AtMost("CPU", cpu, results.Cpu(row.Name, Systrap), Systrap, 1));
        }
        return verdicts;
    }

    private static Verdict Near(double moat, double host, double systrap)
    {
        double native = moat / host, faster = systrap / moat;
        // One of the two is enough, and may be there without the other.
        bool? met = native <= NearNative || faster >= TimesFaster ? true
            : double.IsNaN(native) || double.IsNaN(faster) ? null : false;
        return new Verdict(string.Create(CultureInfo.InvariantCulture,
            $"time: {TimesFaster} times faster than {Systrap} or within {NearNative} of {Host}"), met,
            $"{Tables.Ratio(faster)} times faster, {Tables.Ratio(native)} of {Host}");
    }

    private static Verdict AtMost(string what, double moat, double other, string name, double factor)
    {
        double ratio = moat / other;
        string goal = factor == 1 ? $"{what}: not above {name}'s" : string.Create(
            CultureInfo.InvariantCulture, $"{what}: within {factor} of {name}");
        return new Verdict(goal, double.IsNaN(ratio) ? null : ratio <= factor,
            $"{Tables.Ratio(ratio)} of {name}");
    }

    private static Verdict Less(string what, double moat, double other, string name)
    {
        double ratio = moat / other;
        return new Verdict($"{what}: less than {name}'s", double.IsNaN(ratio) ? null : ratio < 1,
            $"{Tables.Ratio(ratio)} of {name}");
    }

    private static Verdict Limit(double moat, double most, string unit) => new(
        string.Create(CultureInfo.InvariantCulture, $"at most {most} {unit}"),
        double.IsNaN(moat) ? null : moat <= most, $"{Tables.Number(moat)} {unit}");
}

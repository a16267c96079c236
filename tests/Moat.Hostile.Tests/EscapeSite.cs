// SPDX-License-Identifier: Apache-2.0
using System;
using System.Collections.Generic;
using System.IO;
using Moat.Testing;

namespace Moat.Hostile.Tests;

/// <summary>
/// What the host's side of an escape is: a root directory, a volume, and files outside of both that anybody
/// might read and write who could reach them.
/// </summary>
internal sealed class EscapeSite : IDisposable
{
    private const string Programs = "hostile/escapes";
    private readonly Identity _identity;
    private readonly string _area;

    public EscapeSite(Identity identity)
    {
        _identity = identity;
        _area = TestArea.NewPath("escape");
        Must("/bin/mkdir", "-p", Root + "/bin", Root + "/proc", Root + "/dev", Root + "/sys", Root + "/tmp",
            Root + "/vol", Volume);
        File.WriteAllText(Root + "/vol/below", "");
        Make(Root + "/tree", "../../outside");
        Make(Volume, "../outside");
    }

    /// <summary>The directory that nothing inside leads to.</summary>
    public string Outside => _area + "/outside";

    private string Root => _area + "/root";

    private string Volume => _area + "/volume";

    /// <summary>The command that tries an escape inside.</summary>
    public Command Inside(string name, string place)
    {
        string program = Place(name);
        string[] options = place == "host" ? []
            : ["--rootfs", Root, "--volume", $"{Volume}:/vol{(place == "volume-ro" ? ":ro" : "")}",
                "--cwd", "/", "--user", $"{_identity.Uid}:{_identity.Uid}"];
        return new Command(_identity,
            [TestArea.Moat(), "do", .. options, "--", .. Words(program, place)]) { Directory = Outside };
    }

    /// <summary>The same on the host, in a jail.</summary>
    public Command InJail(string name, string place) => new(Identity.Root,
        [
            GuestProgram.Find(Programs, "jail").Build("static"), Root, Volume,
            place == "volume-ro" ? "ro" : "rw",
            _identity.Uid.ToString(System.Globalization.CultureInfo.InvariantCulture),
            .. Words(Place(name), place),
        ]);

    /// <summary>What acts for the host.</summary>
    public Command HostSide(string place) => new(Identity.Root,
        [GuestProgram.Find(Programs, "hostside").Build("static"), Tree(place), Outside]);

    /// <summary>
    /// What is outside, or all of it: names, owners, modes, times and content of files.
    /// </summary>
    public string Snapshot(bool everything)
    {
        string where = everything ? _area : Outside;
        const string Script = """
            find "$1" "$2" -path '*/root/bin' -prune -o -type d -printf '%p %m %U %G %i\n' \
                -o ! -type s -printf '%p %y %m %U %G %i %s %T@ %l\n' | sort
            find "$1" "$2" -path '*/root/bin' -prune -o -type f -print0 | sort -z | xargs -0 cksum
            """;
        return Must("/bin/sh", "-c", Script, "sh", where, _area + "/secret").Output;
    }

    /// <summary>Output without what differs from site to site.</summary>
    public string Normalise(string text) => text.Replace(_area[1..], "AREA", StringComparison.Ordinal);

    public void Dispose() => TestArea.Remove(_area);

    private static CommandResult Must(params string[] words)
    {
        CommandResult result = new Command(Identity.Root, words).Run();
        return result.ExitCode == 0 ? result : throw new InvalidOperationException(result.Transcript());
    }

    private string Place(string name)
    {
        string built = GuestProgram.Find(Programs, name).Build("static");
        GuestProgram.Install(built, $"{Root}/bin/{name}");
        return "/bin/" + name;
    }

    private string Tree(string place) => place is "root" or "host" ? Root + "/tree" : Volume;

    private List<string> Words(string program, string place) => place == "host"
        ? [Root + program, Tree(place), "rw", Outside]
        : [program, place == "root" ? "/tree" : "/vol", place == "volume-ro" ? "ro" : "rw", Outside];

    private void Make(string tree, string up) => Must(
        "/bin/sh", Path.Combine(Repository.Root, "tests", Programs, "tree.sh"), tree, Outside, "/tree/file",
        up,
        _identity.Uid.ToString(System.Globalization.CultureInfo.InvariantCulture));
}

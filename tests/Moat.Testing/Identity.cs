// SPDX-License-Identifier: Apache-2.0
using System.Collections.Generic;

namespace Moat.Testing;

/// <summary>Who runs a test's programs: root, or an ordinary user without capabilities.</summary>
public sealed class Identity
{
    /// <summary>The superuser, as the test itself runs.</summary>
    public static readonly Identity Root = new("root", 0);

    /// <summary>Uid and gid 65534 (nobody), no supplementary groups.</summary>
    public static readonly Identity User = new("user", 65534);

    private Identity(string name, int uid)
    {
        Name = name;
        Uid = uid;
    }

    /// <summary>A short name for test rows.</summary>
    public string Name { get; }

    /// <summary>The user and group id.</summary>
    public int Uid { get; }

    /// <summary>Finds an identity by its name.</summary>
    public static Identity Of(string name) => name == Root.Name ? Root : User;

    /// <summary>The words in front of a command that make it run as this identity.</summary>
    public IReadOnlyList<string> Prefix() => Uid == 0
        ? []
        : ["/usr/bin/setpriv", $"--reuid={Uid}", $"--regid={Uid}", "--clear-groups"];

    /// <inheritdoc/>
    public override string ToString() => Name;
}

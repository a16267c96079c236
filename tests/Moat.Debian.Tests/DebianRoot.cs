// SPDX-License-Identifier: Apache-2.0
using System;
using System.IO;
using System.Security.Cryptography;
using System.Text;
using Moat.Testing;

namespace Moat.Debian.Tests;

/// <summary>A root file system of Debian with the programs of the scripts, made once and kept.</summary>
internal static class DebianRoot
{
    private const string Packages =
        "acl,apt-utils,attr,ca-certificates,fio,gcc,git,libc6-dev,locales-all,lsof,make,nodejs,npm,"
        + "postgresql,postgresql-server-dev-15,procps,python3,python3-pip,python3-setuptools,"
        + "python3-wheel,redis-server,rsync,sqlite3,strace,util-linux";

    private const string Repository = "tree hello jq libjq1 libonig5 bc tcl tcl8.6 libtcl8.6";

    private static readonly Lazy<string> s_path = new(Make);

    /// <summary>Where it is; nobody changes it.</summary>
    internal static string Path => s_path.Value;

    private static string Make()
    {
        string key = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Packages + Repository)));
        string kept = System.IO.Path.Combine(Testing.Repository.Artifacts, "debian", key[..12]);
        if (Directory.Exists(kept))
        {
            return kept;
        }

        string partial = $"{kept}.partial";
        // Sources are the machine's own, whatever they are called.
        string suites = System.IO.Path.Combine(Testing.Repository.Root, "tests", "suites");
        string script = $"""
            set -e
            rm -rf {partial}; mkdir -p $(dirname {partial})
            sources=$(ls /etc/apt/sources.list.d/*.sources /etc/apt/sources.list 2>/dev/null | head -1)
            mmdebstrap --quiet --variant=minbase --aptopt='Apt::Install-Recommends "false"' \
                --include={Packages} bookworm {partial} $sources
            mkdir -p {partial}/data/repo; cd {partial}/data/repo
            apt-get download -qq {Repository}
            dpkg-scanpackages . > Packages 2>/dev/null
            {suites}/source.sh postgresql-15 {partial}/data/postgresql
            mv {partial} {kept}
            """;
        CommandResult result = new Command(Identity.Root, ["/bin/bash", "-c", script])
        {
            Timeout = TimeSpan.FromMinutes(15),
        }.Run();
        return result.ExitCode == 0 ? kept
            : throw new InvalidOperationException($"mmdebstrap:\n{result.Transcript()}");
    }
}

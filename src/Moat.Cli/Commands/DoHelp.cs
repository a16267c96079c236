// SPDX-License-Identifier: Apache-2.0
namespace Moat.Cli.Commands;

/// <summary>What `moat do --help` says before the options.</summary>
internal static class DoHelp
{
    internal const string Text =
        "Run one command in a sandbox, on a throw-away copy of this machine's files or an image's.\n\n"
        + "Examples:\n"
        + "  moat do -- ls -la /\n"
        + "  moat do --volume $PWD:/work --cwd /work -- make -j2\n"
        + "  moat do --volume /data:/data:ro --timeout 30 -- python3 job.py\n"
        + "  moat do --volume /usr/lib/jvm:/jvm:ro,exclusive -- /jvm/bin/java -version\n"
        + "  moat do --overlay ~/box --overlay-size 2G -- apt-get install -y jq\n"
        + "  moat do --export layer.tar -- make install\n"
        + "  moat do --strace=openat,read -- cat /etc/hostname\n"
        + "  moat do --rootfs debian.erofs -- sh\n"
        + "  docker save alpine >alpine.tar; moat do --rootfs alpine.tar\n\n"
        + "An image is an EROFS file, a tar of a root file system, what `docker save` writes, or an OCI\n"
        + "image layout (a directory or a tar). It is recognised by its content and never changed. Its own\n"
        + "user, working directory, variables and, without COMMAND, its command are used unless options\n"
        + "say otherwise; of this machine's variables only TERM is passed on.";
}

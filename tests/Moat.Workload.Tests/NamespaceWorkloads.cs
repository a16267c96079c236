// SPDX-License-Identifier: Apache-2.0
using System.Collections.Generic;

namespace Moat.Workload.Tests;

/// <summary>Programs that make namespaces: unshare, nsenter, bubblewrap, and sudo.</summary>
internal static class NamespaceWorkloads
{
    public static IEnumerable<Workload> All { get; } =
    [
        new("unshare", """
            unshare -Ur id; unshare -U id -u
            unshare -Ur cat /proc/self/uid_map /proc/self/gid_map /proc/self/setgroups
            unshare -Urm sh -c 'mount -t tmpfs x /mnt && touch /mnt/file && ls /mnt'; ls /mnt | grep -c file
            unshare -Urpf --mount-proc \
                sh -c 'echo $(ps ax -o pid=,ppid=,comm=); echo $$; kill -9 1; kill 1; echo alive'
            unshare -Urpf --mount-proc sh -c 'ls -d /proc/1; (sleep 0.1; echo late) & exit 4'
            echo $?
            unshare -Urpf sh -c 'sleep 100 & exec sleep 0.1'; echo $?
            unshare -Uru sh -c 'hostname inner; hostname'; hostname | grep -c inner
            unshare -Urm --propagation slave sh -c 'mkdir d; mount --bind d /mnt; touch d/seen; ls /mnt'
            unshare -Urm sh -c 'mount -t tmpfs t d && mount -o bind,ro d /mnt && touch /mnt/x
                mount -o remount,rw,bind /mnt && touch /mnt/y; ls d' 2>&1
            unshare -Ur sh -c 'touch mine; chown 0:0 mine; stat -c %u:%g mine; chown 7 mine' 2>&1; rm -f mine
            unshare -Urpf sh -c 'mount -t proc proc /mnt' 2>&1; echo $?
            unshare -Ur unshare -Ur unshare -Ur cat /proc/self/uid_map
            unshare -UrC cat /proc/self/cgroup | tail -1
            unshare --fork --pid --user --map-root-user --kill-child sh -c 'echo $$'
            """),
        new("nsenter", """
            mkfifo ready
            unshare -Urmupf --mount-proc sh -c '
                hostname within; mount -t tmpfs t /mnt; touch /mnt/mark; echo > ready; exec sleep 60' &
            read line < ready; pid=$(pgrep -P $!)
            nsenter -t $pid -U --preserve-credentials -m -u -p \
                sh -c 'hostname; ls /mnt; id -u; ps ax -o pid=,comm= | head -1 | tr -s " "'
            nsenter -t $pid -U --preserve-credentials -u hostname
            nsenter -t $pid -U --preserve-credentials readlink /proc/self/ns/user | grep -c user:
            nsenter -t $pid -p true 2>&1 | sed 's/[0-9]*//g' | grep -c . > /dev/null
            [ $(readlink /proc/$pid/ns/uts) != $(readlink /proc/self/ns/uts) ] && echo differs
            kill -9 $pid; wait; echo $?
            """),
        new("bwrap", """
            bwrap --unshare-all --ro-bind / / --dev /dev --proc /proc --tmpfs /tmp \
                sh -c 'id; echo $(ps ax -o pid=,comm=); ls /tmp /dev; touch /etc/x; >/tmp/y; ls /tmp' 2>&1
            bwrap --ro-bind / / --unshare-user --uid 7 --gid 8 id
            bwrap --ro-bind / / --tmpfs /home --dir /home/me --chdir /home/me --setenv A b \
                sh -c 'pwd; echo $A; ls -d /home/*'
            bwrap --ro-bind / / --bind . /mnt --unshare-pid --proc /proc \
                sh -c 'echo data > /mnt/f; kill -9 1; echo $$'
            cat f; bwrap --ro-bind / / --unshare-uts --unshare-user --hostname boxed hostname
            bwrap --ro-bind /usr /usr --symlink usr/bin /bin --symlink usr/lib /lib \
                --symlink usr/lib64 /lib64 \
                --proc /proc --dev /dev --unshare-all --new-session --die-with-parent \
                sh -c 'ls / ; exit 9'; echo $?
            bwrap --ro-bind / / --file 10 /nonexistent/x true 10< f 2>&1 | sed 's/:.*//'
            bwrap --bind / / --dev-bind /dev /dev sh -c 'echo x > /dev/null; head -c 4 /dev/zero | wc -c'
            bwrap --unshare-all --ro-bind / / --cap-drop ALL grep CapEff /proc/self/status
            bwrap --unshare-user --disable-userns --ro-bind / / --proc /proc \
                unshare -U true 2>&1 | sed 's/.*: //'
            """),
        new("sudo", """
            # An ordinary user's sandbox cannot read what only root may.
            [ $(id -u) = 0 ] || exec sudo -h
            sudo -u nobody id; sudo -u nobody sh -c 'echo $HOME $USER $SUDO_USER; id -un'; sudo -g daemon id
            sudo -u nobody cat /etc/shadow 2>&1; sudo -u nobody -n sudo -n true 2>&1
            sudo -l -U nobody 2>&1 | tail -1 | sed 's/ on .*//'
            """),
    ];
}

// SPDX-License-Identifier: Apache-2.0
using System.Collections.Generic;

namespace Moat.Workload.Tests;

/// <summary>What a user types first: who am I, what is here, what runs; shells and their pipelines.</summary>
internal static class SystemWorkloads
{
    public static IEnumerable<Workload> All { get; } =
    [
        new("true", "/bin/true"),
        new("uname", "uname -s -m -o; uname -r | grep -c '^[0-9][0-9]*[.][0-9]'; uname -v | cut -c1; uname "
            + "-a | wc -l"),
        new("id", "id; whoami; groups; id -u; umask"),
        new("ls-root", "ls -la / | awk 'NR > 1 && $9 != \"..\" { print $1, $3, $4, $9, $10, $11 }'"),
        new("ls-long", "ls -laR /etc 2>&1 | cksum; ls -la /usr/bin | cksum"),
        new("find-usr", "find /usr -xdev | wc -l; find /usr -xdev -type l | wc -l", 120),
        new("stat", "stat -c '%n %F %a %U %G %s %i %h %Y' /usr/bin/env /etc/passwd /usr/lib /bin"),
        new("status-keys", "sed 's/:.*//' /proc/self/status; grep -E '^(Uid|Gid|Threads)' "
            + "/proc/self/status"),
        new("ps", "ps aux | head -1; ps aux | awk '{ print (NF >= 11) }' | sort -u; ps -o comm= -p $$; ps "
            + "-e | grep -c ' ps$'"),
        new("free-df",
            "free | head -1; free | wc -l; df / | awk 'NR == 1 { print $1, $2, $5, $6 }'; df / | wc -l;"
            + " nproc; getconf PAGESIZE"),
        new("proc-files", "head -c 14 /proc/version; echo; wc -l < /proc/self/limits; cat /proc/self/comm; "
            + "readlink /proc/self/exe"),
        new("lslocks", """
            flock f sh -c 'lslocks -n -o COMMAND,TYPE,MODE,M,START,END,PATH -p $PPID | sed s,/.*/,,'
            flock f sh -c 'flock -x f true & sleep 0.5; lslocks -n -o COMMAND,TYPE,MODE -p $!; kill $!'
            """),
        new("pipeline", """
            f=$(mktemp); sh -c 'for i in 1 2 3; do echo $i; done | sort -r | tee '$f' | wc -c; cat '$f';
            exit 7'; s=$?; rm $f; exit $s
            """),
        new("bash", """
            a=(one "two words" three); echo ${#a[@]} "${a[1]}" ${a[@]:1}; declare -A m=([x]=1 [y]=2);
            echo ${m[y]}
            diff <(seq 1 5) <(seq 2 6); cat <<< here; echo $((2**40)) ${BASH_VERSION%%.*}
            mapfile -t lines < <(printf '%s\n' a b c); echo ${#lines[@]}; trap 'echo bye' EXIT
            f() { local x=5; return $x; }; f; echo $?; coproc cat; echo hi >&${COPROC[1]};
            read -u ${COPROC[0]} y; echo $y
            """),
        new("redirect", "echo out; echo err >&2; exec 3>f; echo three >&3; cat f; { echo a; echo b >&2; } "
            + "2>&1 | cat; exit 3"),
        new("jobs", "sleep 0.2 & sleep 0.1 & wait; echo $?; (exit 9) & wait $!; echo $?; sleep 100 & kill "
            + "%% 2>&1; wait %%; echo $?"),
        new("kill", "exec 2>&-; sleep 100 & kill -9 $!; wait $!; echo $?; sh -c 'kill -TERM $$'; echo $?; "
            + "(kill -9 $BASHPID); echo $?"),
        new("dies-by-signal", "kill -TERM $$; sleep 5"),
        new("dies-by-kill", "kill -9 $$; sleep 5"),
        new("timeout", "exec 2>&-; timeout 1 sleep 10; echo $?; timeout -s KILL 1 sleep 10; echo $?; "
            + "timeout 5 true; echo $?"),
        new("exit-code", "exit 213"),
        new("awk", "seq 1 1000 | awk '{ s += $1; if ($1 % 7 == 0) n++ } END { printf \"%d %d %.3f\\n\", s, "
            + "n, s / n }'"),
        new("text", "seq 1 5000 | sort -R --random-source=/usr/bin/env | sort -n | uniq | tail -3 | tr 0-9 "
            + "a-j | sed 's/a/X/g' | rev"),
        new("grep", "grep -r -l root /etc 2>/dev/null | sort | head -20; grep -c . /etc/passwd"),
        new("dd", "dd if=/dev/zero bs=1M count=20 of=f 2>/dev/null; stat -c %s f; cksum f; dd if=f bs=777 "
            + "skip=5 count=3 2>/dev/null | wc -c"),
        new("files", """
            mkdir -p a/b/c; touch a/f; ln a/f a/g; ln -s f a/h; cp -a a z; mv z/b/c z/b/d; chmod 640 z/f;
            rm -r a; find . | sort
            stat -c '%n %a %h %F' z/*; test -w z && echo writable; rmdir z 2>&1; rm -rf z; ls | wc -l
            """),
        new("many-files", "for i in $(seq 1 500); do echo $i > f$i; done; ls | wc -l; cat f* | cksum; rm "
            + "f*; ls | wc -l"),
        new("xargs", "seq 1 60 | xargs -P 4 -n 1 sh -c 'echo $0' | sort -n | cksum"),
        new("signals-in-pipelines", "yes | head -1; echo ${PIPESTATUS[0]}; set -o pipefail; yes | head -1 "
            + "> /dev/null; echo $?"),
        new("inotifywait", """
            mkdir d; inotifywait -q -t 3 -m --format '%e %f' d > log & sleep 1
            echo 1 > d/a; mv d/a d/b; mkdir d/c; chmod 600 d/b; rm d/b; rmdir d/c; wait; cat log
            """),
        new("fio", """
            for e in psync libaio io_uring; do fio --ioengine=$e --name=j --filename=f --size=2m --bs=4k \
            --iodepth=8 --rw=randrw --verify=crc32c --randseed=1 --output=/dev/null; echo $e $?; done
            """),
        new("environment", "env -i A=1 B=2 env; A=5 sh -c 'echo $A'; echo $HOME $PATH; unset HOME; echo "
            + "${HOME-none}"),
        new("date", "TZ=UTC date -d @86400 +%F; date +%s | awk '{ print ($1 > 1600000000) }'; sleep 0.1; "
            + "cat /proc/uptime | wc -w"),
        new("dev",
            "ls -d /dev/null /dev/zero /dev/full /dev/random /dev/urandom /dev/fd /dev/stdin; echo x > "
            + "/dev/null; head -c 3 /dev/zero | od"),
        new("standard-input", "cat; cat - | wc -c; read x; echo $?"),
    ];
}

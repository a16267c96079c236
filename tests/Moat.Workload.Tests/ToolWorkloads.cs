// SPDX-License-Identifier: Apache-2.0
using System.Collections.Generic;

namespace Moat.Workload.Tests;

/// <summary>Archives, version control, compilers and builds, compression, packages, node.</summary>
internal static class ToolWorkloads
{
    private const string MakeProject = """
        for i in $(seq 1 30); do echo "int f$i(int x) { return x * $i + $i; }" > f$i.c; done
        { for i in $(seq 1 30); do echo "int f$i(int);"; done; echo '#include <stdio.h>';
        echo 'int main(void) { long s = 0;'
          for i in $(seq 1 30); do echo "s += f$i(s % 10);"; done; echo 'printf("%ld\n", s); return 0; }';
          } > main.c
        cat > Makefile <<'END'
        OBJECTS := $(patsubst %.c,%.o,$(wildcard *.c))
        program: $(OBJECTS)
        	gcc -o $@ $^
        %.o: %.c
        	gcc -O1 -c -o $@ $<
        END
        """;

    public static IEnumerable<Workload> All { get; } =
    [
        new("tar", """
            tar cf doc.tar -C /usr/share/doc --sort=name . 2>/dev/null; mkdir out; tar xf doc.tar -C out
            (cd /usr/share/doc
            find . -type f -readable | sort | awk 'NR <= 4000' | xargs -d '\n' cksum | cksum)
            (cd out; find . -type f | sort | awk 'NR <= 4000' | xargs -d '\n' cksum | cksum); find out | wc -l
            """, 180),
        new("git", """
            export GIT_AUTHOR_DATE='2024-01-01T00:00:00Z' GIT_COMMITTER_DATE='2024-01-01T00:00:00Z'
            export GIT_AUTHOR_NAME=a GIT_AUTHOR_EMAIL=a@b GIT_COMMITTER_NAME=a
            export GIT_COMMITTER_EMAIL=a@b HOME=$PWD
            git init -q -b main r; cd r; for i in $(seq 1 50); do echo line $i > f$i; done
            git add .; git commit -q -m first; echo change >> f7; git commit -qam second;
            git log --format='%H %s' --stat
            git checkout -q -b side HEAD~1; echo other > g; git add g; git commit -qm third;
            git merge -q -m merge main; git log --oneline | wc -l
            git status --short; git fsck 2>&1; git gc -q; git rev-parse HEAD; git clone -q . ../copy;
            cd ../copy; git log --oneline | head -1
            """, 120),
        new("gcc", """
            printf '#include <stdio.h>\n#include <math.h>\nint main(void) { printf("%%.6f\\n", sqrt(2));
            return 5; }\n' > a.c
            gcc -O2 -Wall -o a a.c -lm; ./a; echo $?; gcc -static -o s a.c -lm; ./s; echo $?; gcc -c bad.c;
            echo $?
            """),
        new("make", MakeProject + "\nmake -s -j2; ./program; make -s -j2; touch f3.c; make -j2 | wc -l", 120),
        new("xz-gzip", """
            seq 1 300000 > f; xz -k -T2 -3 f; gzip -k f; bzip2 -k f; xz -dc f.xz | cmp - f;
            gzip -dc f.gz | cmp - f; bzip2 -dc f.bz2 | cmp - f
            stat -c '%n %s' f f.xz f.bz2; xz -t f.xz && echo good
            """, 120),
        new("dpkg", "dpkg -l | cksum; dpkg -S /usr/bin/env; dpkg-query -W -f '${Version}\\n' coreutils"),
        new("openssl", "openssl speed -seconds 1 -bytes 16 sha256 2>&1 | grep -c '^sha256'; echo text | "
            + "openssl dgst -sha256"),
        new("perl", """
            perl -e 'my %h = map { $_ => $_ ** 2 } 1 .. 100; my $s = 0; $s += $h{$_} for keys %h;
            print "$s\n"; open my $p, "-|", "echo sub"; print <$p>;
            my $pid = fork; if (!$pid) { exit 3 } waitpid $pid, 0; print $? >> 8, "\n";
            local $SIG{ALRM} = sub { print "alarm\n"; exit 4 }; alarm 1; sleep 10'
            """),
        new("node", """
            command -v node > /dev/null || exit 0
            node -e 'const fs = require("fs"); fs.writeFileSync("f", "x".repeat(1000));
            console.log(fs.readFileSync("f").length, [3, 1, 2].sort());
            setTimeout(() => { console.log("later"); process.exit(6) }, 50)'
            """),
        new("node-workers", """
            command -v node > /dev/null || exit 0
            node -e 'const { Worker, isMainThread, parentPort } = require("worker_threads"); let n = 0;
            for (let i = 0; i < 4;
            i++) new Worker("require(\"worker_threads\").parentPort.postMessage(7 * 6)", { eval: true })
            .on("message", m => { n += m; if (n == 168) { console.log(n); } })'
            """),
        new("sqlite3", """
            command -v sqlite3 > /dev/null || exit 0
            sqlite3 db 'create table t(a, b);
            with recursive c(x) as (select 1 union all select x + 1 from c where x < 5000)
            insert into t select x, x * x from c; select count(*), sum(b) from t; pragma integrity_check;
            pragma journal_mode=wal; delete from t where a % 2;
            select count(*) from t'
            """),
        new("diff-patch", "seq 1 100 > a; sed 's/50/fifty/' a > b; diff -u --label a --label b a b > p; "
            + "cat p; patch -s a p; cmp a b && echo same"),
        new("strace-like", "ldd /bin/true | sed 's/(0x.*//'; file /bin/true 2>/dev/null | cut -c1-30; "
            + "objdump -f /bin/true | head -3"),
        new("ar-ld", "echo 'int f(void) { return 8; }' > f.c; echo 'int f(void); int main(void) { return "
            + "f(); }' > m.c; gcc -c f.c; ar rcs l.a f.o; "
            + "gcc -shared -fPIC -o libf.so f.c; gcc m.c l.a -o a; ./a; echo $?; gcc m.c -L. -lf -o b; "
                + "LD_LIBRARY_PATH=. ./b; echo $?"),
    ];
}

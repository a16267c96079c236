// SPDX-License-Identifier: Apache-2.0
using System.Collections.Generic;

namespace Moat.Workload.Tests;

/// <summary>Tracers and debuggers, on programs of their own: strace and gdb.</summary>
internal static class DebuggerWorkloads
{
    private const string Threads = """
        cat > t.c <<'END'
        #include <pthread.h>
        #include <stdio.h>
        #include <unistd.h>
        volatile int shared;
        pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
        void *work(void *a)
        {
            pthread_mutex_lock(&lock);
            shared += (int)(long)a;
            pthread_mutex_unlock(&lock);
            return NULL;
        }
        __attribute__((noinline)) int add(int a, int b) { int s = a + b; return s; }
        int main(void)
        {
            pthread_t t[3];
            int x = add(2, 3);
            for (long i = 0; i < 3; i++) { pthread_create(&t[i], NULL, work, (void *)(i + 1)); }
            for (int i = 0; i < 3; i++) { pthread_join(t[i], NULL); }
            x = add(x, shared);
            printf("x %d\n", x);
            return x;
        }
        END
        gcc -g -O0 -o t t.c
        """ + "\n";

    private const string Loop = """
        cat > l.c <<'END'
        #include <unistd.h>
        volatile int total;
        __attribute__((noinline)) int inner(int i) { total += i; return getppid(); }
        __attribute__((noinline)) void outer(int i) { inner(i); usleep(1000); }
        int main(void) { for (int i = 1; i < 20000; i++) { outer(i); } return 0; }
        END
        gcc -g -O1 -fno-omit-frame-pointer -o l l.c
        """ + "\n";

    // Addresses, ids and thread lists are nobody's business; what is left says what happened.
    private const string Clean = " 2>&1 | grep -v -e '^warning' -e '^$' -e 'No such file' -e libthread_db "
        + "-e '^\\[New Thread' -e '^\\[Switching' -e '^\\[Thread' -e '^Downloading' | "
        + "sed -E 's/0x[0-9a-f]+/X/g; s/process [0-9]+/process N/; s/LWP [0-9]+/LWP/; s/i@entry=[0-9]+/i/; "
        + "s/i=[0-9]+/i/'";

    public static IEnumerable<Workload> All { get; } =
    [
        new("strace", """
            echo content > f
            strace -o log cat f; grep -E '^(openat.*"f"|read.*content|write|close.1|exit|\+\+\+)' log
            strace -f -o log sh -c 'cat f | wc -c; exit 3'; echo $?
            grep -cE 'execve.*= 0' log; grep -oE 'exited with [0-9]+' log | sort
            grep -E -e '--- SIGCHLD' log | sed -E 's/.*(si_signo=SIGCHLD, si_code=CLD_EXITED).*/\1/' | sort -u
            strace -c -o log ls > /dev/null; grep -cE ' (openat|getdents64|close|execve)$' log
            strace -e trace=kill -e signal=SIGUSR1 -o log sh -c 'trap "echo caught" USR1; kill -USR1 $$'
            sed -E 's/[0-9]+/N/g; s/ +/ /g' log
            strace -e inject=getcwd:error=EPERM -o log /bin/pwd 2>&1 | wc -l
            strace --seccomp-bpf -f -e trace=openat -o log cat f; grep -c '"f"' log
            strace -e trace=none -e status=failed true 2>&1; strace /nonexistent 2>&1 | tail -1; echo $?
            """, 120),
        new("strace-attach", Loop + """
            ./l & sleep 0.3; timeout 1 strace -qq -e trace=getppid -o log -p $!; kill $!; wait $!; echo $?
            grep -c getppid log | sed 's/^[1-9][0-9]*$/many/'; sed -E 's/[0-9]+/N/g; s/ +/ /g' log | head -2 | tail -1
            """),
        new("gdb", Threads + "gdb -q -batch -ex 'set can-use-hw-watchpoints 0' -ex 'break add' -ex run -ex bt "
            + "-ex finish -ex next -ex 'print x' -ex 'print t' -ex 'watch x' -ex 'delete 2' -ex 'tbreak 20' "
            + "-ex continue -ex 'print shared' -ex 'print x' -ex 'call add(40, 2)' -ex 'info signals SIGINT' "
            + "-ex stepi -ex nexti -ex 'x/2i add' -ex 'set var x = 7' -ex continue -ex bt -ex up -ex 'p x' "
            + "-ex delete -ex continue ./t" + Clean, 120),
        new("gdb-watch", Threads + "gdb -q -batch -ex 'set can-use-hw-watchpoints 0' -ex 'break add' -ex run "
            + "-ex 'watch s' -ex continue -ex 'print a' -ex 'kill' ./t" + Clean, 120),
        new("gdb-threads", Threads + "gdb -q -batch -ex 'break work' -ex run -ex 'bt 1' -ex 'thread apply all "
            + "-q -s print shared >= 0' -ex continue -ex continue -ex delete -ex continue ./t" + Clean
            + " | grep -E '^(x |.Inferior|.* hit|Breakpoint)' | sed -E 's/Thread [0-9]/Thread N/; s/a=X/a/'", 120),
        new("gdb-crash", """
            printf 'int *p;\nint f(int n) { return n ? f(n - 1) + 1 : *p; }\nint main(void) { return f(5); }\n' > c.c
            gcc -g -O0 -o c c.c
            gdb -q -batch -ex run -ex bt -ex 'p $_siginfo.si_signo' -ex 'p n' -ex 'info registers rip' ./c
            """ + Clean, 120),
        new("gdb-core", """
            cat > d.c <<'END'
            #include <pthread.h>
            #include <unistd.h>
            volatile int n = 41;
            __attribute__((noinline)) void fail(volatile int *p) { n++; *p = n; }
            void *work(void *a) { for (;;) { pause(); } return a; }
            int main(void)
            {
                pthread_t t;
                pthread_create(&t, NULL, work, NULL);
                usleep(50000);
                fail(NULL);
                return 0;
            }
            END
            gcc -g -O0 -o d d.c && rm -f core; ulimit -c unlimited; (./d; echo $?) 2>/dev/null
            gdb -q -batch -ex 'p n' -ex 'p $_siginfo.si_signo' -ex bt -ex 'thread apply all bt' -ex 'info auxv' \
                ./d core 2>&1 | grep -E '^(\$|Program|#.*(fail|main|work|pause)|33|Core was)'
            """ + Clean),
        new("gdb-attach", Loop + """
            ./l & sleep 0.3
            gdb -q -batch -p $! -ex 'break getppid' -ex continue -ex bt -ex stepi -ex stepi -ex stepi \
                -ex 'x/3i getppid' -ex 'print total > 0' -ex delete -ex 'call (int)getpid() > 0' -ex detach
            """ + Clean + " | sed -n '/^Breakpoint 1 at/,$p' | grep -v '^[0-9X].*in ../sys'\n"
            + "kill $!; wait $!; echo $?", 120),
        new("gdb-fork", """
            printf '#include <unistd.h>\n#include <sys/wait.h>\nint child(void) { return 4; }\nint main(void)
            { int s; if (fork() == 0) { _exit(child()); } wait(&s); return s >> 8; }\n' > k.c
            gcc -g -O0 -o k k.c
            gdb -q -batch -ex 'set follow-fork-mode child' -ex 'break child' -ex run -ex bt -ex continue ./k
            """ + Clean + "\n./k; echo $?", 120),
    ];
}

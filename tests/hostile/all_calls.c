// SPDX-License-Identifier: Apache-2.0
// Every system call number 0-460 with zeros, ones, garbage and valid pointers, each in a child of its own
// with a time limit.
// @host no
// @timeout 240
#include "../guest/t.h"

static char *good;
static long fill;

static void arguments(int kind, long *a)
{
    for (int i = 0; i < 6; i++) {
        switch (kind) {
            case 0: a[i] = 0; break;
            case 1: a[i] = -1; break;
            case 2:
                fill = fill * 6364136223846793005L + 1442695040888963407L;
                a[i] = fill;
                break;
            case 3: a[i] = (long)(good + 4096 * i); break;
            case 4: a[i] = i % 2 ? (long)(good + 4096 * i) : 3; break;
            default:
                fill = fill * 6364136223846793005L + 1442695040888963407L;
                a[i] = fill >> 40;
                break;
        }
    }
}

int main(void)
{
    good = MUSTP(mmap(NULL, 8 * 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
    memset(good, 0x41, 8 * 4096);
    signal(SIGCHLD, SIG_DFL);
    int exited = 0, killed = 0, hung = 0, children = 0;
    pid_t self = getpid();
    for (int number = 0; number <= 460; number++) {
        for (int kind = 0; kind < 6; kind++) {
            long a[6];
            arguments(kind, a);
            // kill and its relatives with a small first argument could end the test itself.
            if (number == SYS_kill && (a[0] == self || a[0] == getppid() || a[0] == 0 || a[0] == -1)) {
                continue;
            }
            pid_t pid = fork();
            if (pid == -1) {
                say("fork: %s", err_name(errno));
                return 1;
            }
            if (pid == 0) {
                setpgid(0, 0);
                dup2(0, 3);
                alarm(1);
                syscall(number, a[0], a[1], a[2], a[3], a[4], a[5]);
                syscall(SYS_exit_group, 0);
                _exit(0);
            }
            children++;
            int status, waited = 0;
            while (waitpid(pid, &status, WNOHANG | __WALL) == 0) {
                if (waited++ == 3000) {
                    hung++;
                    kill(pid, SIGKILL);
                    kill(-pid, SIGKILL);
                    waitpid(pid, &status, __WALL);
                    break;
                }
                sleep_ms(waited < 20 ? 0 : 1);
            }
            if (WIFEXITED(status)) {
                exited++;
            } else {
                killed++;
            }
            kill(-pid, SIGKILL);
            while (waitpid(-1, NULL, WNOHANG | __WALL) > 0) {}
        }
    }
    say("all tried %d, none lost %d", children > 2700, exited + killed == children);
    fprintf(stderr, "children %d exited %d killed %d hung %d\n", children, exited, killed, hung);
    return 0;
}

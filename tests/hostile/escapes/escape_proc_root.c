// SPDX-License-Identifier: Apache-2.0
// /proc/PID/root and cwd of every process that can be seen: all of them are the guest's own.
#include "escape.h"
#include <dirent.h>

int main(int argc, char **argv)
{
    (void)argc;
    begin(argv);
    int processes = 0, others = 0, escaped = 0;
    SHOW(same("/proc/self/root", "/"));
    say("own: %s", content(open(path("/proc/self/root%s/file", tree), O_RDONLY)));
    DIR *proc = opendir("/proc");
    MUST(proc ? 0 : -1);
    for (struct dirent *entry; (entry = readdir(proc)) != NULL;) {
        int pid = atoi(entry->d_name);
        if (pid <= 0) { continue; }
        processes++;
        others += !same(path("/proc/%d/root", pid), "/");
        static const char *const ways[] = {"root", "cwd", "task/%d/root", "root/proc/1/root", "root/proc/self/root"};
        for (int i = 0; i < 5; i++) {
            char way[64];
            snprintf(way, sizeof way, ways[i], pid);
            escaped += strcmp(content(open(path("/proc/%d/%s%s/secret", pid, way, outside), O_RDONLY)), "ESCAPED") == 0;
            escaped += strcmp(content(open(path("/proc/%d/%s/../outside/secret", pid, way), O_RDONLY)), "ESCAPED") == 0;
        }
    }
    closedir(proc);
    say("processes %d, other roots %d, escaped %d", processes > 0 && processes < 5, others, escaped);
    // Pids that are not listed: those of the host, as far as numbers go.
    for (int pid = 1; pid < 40000; pid++) {
        if (access(path("/proc/%d", pid), F_OK) == 0) { escaped += !same(path("/proc/%d/root", pid), "/"); }
    }
    say("escaped %d", escaped);
    // A process whose root is another one: its link leads there for who may look, and `..` of that is the caller's.
    int ends[2];
    char byte;
    MUST(pipe(ends));
    pid_t child = (pid_t)MUST(fork());
    if (child == 0) {
        close(ends[1]);
        MUST(chroot("dir"));
        MUST(read(ends[0], &byte, 1) == 0 ? 0 : -1);
        _exit(0);
    }
    close(ends[0]);
    sleep_ms(50);
    if (getuid() == 0) {
        SHOW(same(path("/proc/%d/root", (int)child), "dir"));
        look(path("/proc/%d/root/../file", (int)child) + (size_t)0);
        SHOW(same(path("/proc/%d/root/../../..", (int)child), "/"));
    }
    close(ends[1]);
    waitpid(child, NULL, 0);
    SHOW(access(path("/proc/%d/root", (int)child), F_OK));
    return 0;
}

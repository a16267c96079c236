// SPDX-License-Identifier: Apache-2.0
// Thousands of mounts inside one another and on top of one another, which are then copied in every way there is: by a
// new namespace, by a recursive bind, by propagation. A kernel that recurses over them has no stack for it.
// @timeout 60
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { LEVELS = 8000 };

static char top[] = "/tmp/depth.XXXXXX";
static char line[1 << 20];

static int fail(const char *what)
{
    fprintf(stderr, "%s: %s\n", what, strerror(errno));
    return 1;
}

// One inside the other; stops at the first that is refused.
static int nest(void)
{
    int made = 0;
    if (chdir(top) != 0 || mount("x", ".", "tmpfs", 0, NULL) != 0 || chdir(top) != 0) { return -1; }
    if (mkdir("d", 0755) != 0 || mkdir("e", 0755) != 0) { return -1; }
    while (made < LEVELS && mount(top, "d", NULL, MS_BIND, NULL) == 0 && chdir("d") == 0) { made++; }
    return made;
}

// One on top of the other; the path is looked up through all of them.
static int stack(void)
{
    int made = 0;
    while (made < LEVELS && mount("x", top, "tmpfs", 0, NULL) == 0) { made++; }
    return made;
}

static void use(void)
{
    struct stat st;
    stat(top, &st);
    getcwd(line, sizeof line);
    int fd = open("/proc/self/mountinfo", O_RDONLY);
    while (fd >= 0 && read(fd, line, sizeof line) > 0) {}
    close(fd);
}

static int attack(int way, unsigned long type)
{
    if (unshare(CLONE_NEWUSER | CLONE_NEWNS) != 0) { return fail("unshare"); }
    if (mount(NULL, "/", NULL, MS_PRIVATE | MS_REC, NULL) != 0) { return fail("private"); }
    int made = way == 0 ? nest() : stack();
    fprintf(stderr, "levels %d\n", made);
    if (made < 100) { return fail("mount"); }
    use();
    mount(NULL, top, NULL, type | MS_REC, NULL);
    mount(NULL, "/", NULL, type, NULL);
    for (int i = 0; i < 3; i++) {
        pid_t pid = fork();
        if (pid == 0) {
            if (unshare(i == 0 ? CLONE_NEWNS : CLONE_NEWUSER | CLONE_NEWNS) != 0) { _exit(0); }
            use();
            mount("/", "/mnt", NULL, MS_BIND | MS_REC, NULL);
            mount("/mnt", "/mnt", NULL, MS_BIND | MS_REC, NULL);
            mount(NULL, "/", NULL, MS_SHARED | MS_REC, NULL);
            mount("/mnt", "/mnt", NULL, MS_BIND | MS_REC, NULL);
            use();
            umount2("/mnt", MNT_DETACH);
            _exit(0);
        }
        int status;
        waitpid(pid, &status, 0);
        if (!WIFEXITED(status)) { return fail("copy"); }
    }
    // What is mounted here propagates to all.
    mount("x", "/mnt", "tmpfs", 0, NULL);
    mount("/", "/mnt", NULL, MS_BIND | MS_REC, NULL);
    umount2("/mnt", MNT_DETACH);
    chdir("/");
    umount2(top, MNT_DETACH);
    return 0;
}

int main(void)
{
    static const unsigned long types[] = {MS_PRIVATE, MS_SHARED, MS_SLAVE};
    if (!mkdtemp(top)) { return 1; }
    for (int way = 0; way < 2; way++) {
        for (int i = 0; i < 3; i++) {
            pid_t pid = fork();
            if (pid == 0) { _exit(attack(way, types[i])); }
            int status;
            if (waitpid(pid, &status, 0) != pid || status != 0) { return 2; }
        }
    }
    return 0;
}

// SPDX-License-Identifier: Apache-2.0
// vfork(2): the parent waits for exec or exit, memory is shared, posix_spawn in its forms.
// @variants static,dynamic
// @places overlay,layer,volume,tmpfs
#include "t.h"
#include <spawn.h>

static volatile int shared;
extern char **environ;

static void spawn(
    const char *what, char **argv, posix_spawn_file_actions_t *actions, posix_spawnattr_t *attributes)
{
    pid_t pid;
    int error = posix_spawnp(&pid, argv[0], actions, attributes, argv, environ);
    if (error) {
        say("%s: %s", what, err_name(error));
        return;
    }
    int status;
    MUST(waitpid(pid, &status, 0));
    say_status(what, status);
}

int main(void)
{
    pid_t pid = vfork();
    if (pid == 0) {
        shared = 42;
        _exit(6);
    }
    say("the child ran first and wrote %d", shared);
    int status;
    MUST(waitpid(pid, &status, 0));
    say_status("vfork", status);
    pid = vfork();
    if (pid == 0) {
        execl("/bin/echo", "echo", "from vfork", NULL);
        _exit(1);
    }
    MUST(waitpid(pid, &status, 0));
    say_status("vfork + exec", status);
    pid = vfork();
    if (pid == 0) {
        execl("/nonexistent", "x", NULL);
        shared = errno;
        _exit(2);
    }
    MUST(waitpid(pid, &status, 0));
    say_status("vfork + failed exec", status);
    say("errno of it %s", err_name(shared));
    for (int i = 0; i < 50; i++) {
        pid = vfork();
        if (pid == 0) {
            shared = i;
            _exit(i);
        }
        MUST(waitpid(pid, &status, 0));
        if (WEXITSTATUS(status) != i || shared != i) { say("round %d wrong", i); }
    }
    char *echo[] = { "echo", "spawned", NULL }, *missing[] = { "/nonexistent", NULL };
    char *shell[] = { "sh", "-c", "echo to a file; exit 4", NULL };
    spawn("spawn", echo, NULL, NULL);
    spawn("spawn missing", missing, NULL, NULL);
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, 1, "out", O_WRONLY | O_CREAT | O_TRUNC, 0600);
    spawn("spawn with actions", shell, &actions, NULL);
    struct stat file;
    MUST(stat("out", &file));
    say("out has %ld bytes", (long)file.st_size);
    posix_spawnattr_t attributes;
    posix_spawnattr_init(&attributes);
    posix_spawnattr_setflags(
        &attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    spawn("spawn with attributes", echo, NULL, &attributes);
    return 0;
}

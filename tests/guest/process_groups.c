// SPDX-License-Identifier: Apache-2.0
// setpgid(2), getpgid, setsid(2), getsid: rules for children, sessions, exec; signals to groups; orphaned
// groups.
#include "t.h"

int main(void)
{
    int status, p[2];
    char c;
    SHOW(getpgid(0) == getpgrp() ? 0 : 1);
    SHOW(getpgid(999999));
    SHOW(getsid(999999));
    SHOW(getpgid(-1));
    SHOW(setpgid(-1, 0));
    SHOW(setpgid(0, -1));
    SHOW(setpgid(999999, 0));
    SHOW(setpgid(0, 999999));
    CHILD("session", {
        say("not a leader yet %d", getpgrp() != getpid());
        say("setsid returns pid %d", setsid() == getpid());
        say("sid %d pgid %d", getsid(0) == getpid(), getpgrp() == getpid());
        SHOW(setsid());
        SHOW(setpgid(0, 0));
        SHOW(open("/dev/tty", O_RDWR));
    });
    CHILD("group", {
        SHOW(setpgid(0, 0));
        say("leader %d", getpgrp() == getpid());
        SHOW(setsid());
        say("same session %d", getsid(0) == getsid(getppid()));
    });
    MUST(pipe(p));
    pid_t child = (pid_t)MUST(fork());
    if (child == 0) {
        read(p[0], &c, 1);
        say("child's group is its own %d", getpgrp() == getpid());
        _exit(0);
    }
    SHOW(setpgid(child, child));
    say("%d", getpgid(child) == child);
    SHOW(setpgid(child, 999999));
    SHOW(setpgid(child, getpgrp()));
    SHOW(setpgid(child, child));
    MUST(write(p[1], "x", 1));
    MUST(waitpid(child, &status, 0));
    child = (pid_t)MUST(fork());
    if (child == 0) {
        execl("/bin/sleep", "sleep", "10", NULL);
        _exit(1);
    }
    sleep_ms(300);
    SHOW(setpgid(child, child));
    kill(child, SIGKILL);
    MUST(waitpid(child, &status, 0));

    // A signal to a group reaches all of it, and nobody else.
    pid_t members[3];
    for (int i = 0; i < 3; i++) {
        members[i] = (pid_t)MUST(fork());
        if (members[i] == 0) {
            for (;;) { pause(); }
        }
        MUST(setpgid(members[i], members[0]));
    }
    pid_t bystander = (pid_t)MUST(fork());
    if (bystander == 0) {
        for (;;) { pause(); }
    }
    SHOW(kill(-members[0], 0));
    SHOW(kill(-members[0], SIGTERM));
    for (int i = 0; i < 3; i++) {
        MUST(waitpid(members[i], &status, 0));
        say_status("member", status);
    }
    SHOW(kill(-members[0], SIGTERM));
    SHOW(killpg(members[0], SIGTERM));
    SHOW(waitpid(bystander, &status, WNOHANG));
    kill(bystander, SIGKILL);
    MUST(waitpid(bystander, &status, 0));

    // When a group with a stopped member becomes orphaned, it gets SIGHUP and SIGCONT.
    MUST(pipe(p));
    child = (pid_t)MUST(fork());
    if (child == 0) {
        setsid();
        pid_t middle = fork();
        if (middle == 0) {
            setpgid(0, 0);
            if (fork() == 0) {
                raise(SIGSTOP);
                _exit(0);
            }
            sleep_ms(100);
            _exit(0);
        }
        waitpid(middle, NULL, 0);
        _exit(0);
    }
    close(p[1]);
    SHOW(read(p[0], &c, 1));
    MUST(waitpid(child, &status, 0));
    say_status("session leader", status);
    return 0;
}

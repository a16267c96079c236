// SPDX-License-Identifier: Apache-2.0
// Permission events of fanotify(7): a child does something, its parent hears of it and answers.
#ifndef FANPERM_H
#define FANPERM_H
#include "fan.h"
#include <sys/sendfile.h>

#ifndef FAN_INFO
#define FAN_INFO 0x20
#endif

enum { ALLOW = FAN_ALLOW, DENY = FAN_DENY, SILENT = 0x100 };

struct child { pid_t pid; int end; };

// Says what went wrong, by the status of the child.
#define TRY(call) ((call) == -1 ? _exit(errno) : (void)0)

// Runs body in a child; the other end of its pipe is at its end when it has ended.
#define BEGIN(child, ...) \
    do { \
        int ends_[2]; \
        MUST(pipe2(ends_, O_CLOEXEC)); \
        (child).pid = (pid_t)MUST(fork()); \
        if ((child).pid == 0) { \
            close(ends_[0]); \
            __VA_ARGS__; \
            _exit(0); \
        } \
        close(ends_[1]); \
        (child).end = ends_[0]; \
    } while (0)

static __attribute__((unused)) void answer_with(int fan, int fd, unsigned response)
{
    struct fanotify_response answer = {fd, response};
    if (write(fan, &answer, sizeof answer) != sizeof answer) { say("  answer: %s", err_name(errno)); }
}

// Reads one event and says what it is; its descriptor, to be answered by.
static __attribute__((unused)) int next_event(const char *group, int fan)
{
    struct fanotify_event_metadata event;
    ssize_t n = read(fan, &event, sizeof event);
    if (n != sizeof event) {
        say("  %s read %zd %s", group, n, n < 0 ? err_name(errno) : "");
        return -1;
    }
    char line[512] = "";
    mask_text(line, sizeof line, event.mask);
    if (event.fd >= 0 && strchr(path_of(event.fd), '#')) {
        say("  %s:%s nameless", group, line);
        return event.fd;
    }
    say("  %s:%s by %s %s", group, line, event.pid == getpid() ? "self" : event.pid == 0 ? "nobody" : "other",
        event.fd >= 0 ? path_of(event.fd) : "no fd");
    return event.fd;
}

// How a child ends: with the error of what it tried.
static __attribute__((unused)) void end_child(struct child *child)
{
    int status;
    MUST(waitpid(child->pid, &status, 0));
    close(child->end);
    if (WIFEXITED(status)) {
        say("  ended: %s", WEXITSTATUS(status) == 0 ? "well" : err_name(WEXITSTATUS(status)));
    } else {
        say_status("  ended", status);
    }
}

// Answers events of up to two groups, one after the other as they come, until the child has ended.
static __attribute__((unused)) void serve(struct child *child, int first, unsigned one, int second, unsigned other)
{
    struct pollfd fds[3] = {{first, POLLIN, 0}, {second, POLLIN, 0}, {child->end, POLLIN, 0}};
    for (;;) {
        int n = poll(fds, 3, 20000);
        if (n <= 0) { say("  nothing happens"); break; }
        for (int i = 0; i < 2; i++) {
            if (!(fds[i].revents & POLLIN)) { continue; }
            int fd = next_event(i ? "second" : "first", fds[i].fd);
            if (fd < 0) { continue; }
            answer_with(fds[i].fd, fd, i ? other : one);
            close(fd);
        }
        if (fds[2].revents != 0 && !(fds[0].revents & POLLIN) && !(fds[1].revents & POLLIN)) { break; }
    }
    end_child(child);
}

#define SERVE(what, fan, response, ...) \
    do { \
        struct child child_; \
        say("-- %s", what); \
        BEGIN(child_, __VA_ARGS__); \
        serve(&child_, fan, response, -1, 0); \
    } while (0)
#endif

// SPDX-License-Identifier: Apache-2.0
// The host's side of an escape: hostside TREE OUTSIDE reads a line for each step, does it and answers with a line: "ok",
// or what the host has seen that it must not see. Never run inside.
#include "../../guest/t.h"
#include <sys/socket.h>
#include <sys/un.h>

static char tree[PATH_MAX / 2], outside[PATH_MAX / 2], one[PATH_MAX], other[PATH_MAX];
static int held = -1, servers[2] = {-1, -1};
static volatile int calm;
static char kind;
static int running;
static pthread_t thread;

// What goes on until "calm". Both sides have had their turn at least some thousand times.
static void *churn(void *unused)
{
    (void)unused;
    for (long i = 0; !calm || i < 2000; i++) {
        switch (kind) {
        case 'e':
            MUST(renameat2(AT_FDCWD, one, AT_FDCWD, other, RENAME_EXCHANGE));
            MUST(renameat2(AT_FDCWD, one, AT_FDCWD, other, RENAME_EXCHANGE));
            break;
        case 'm':
            MUST(rename(one, other));
            MUST(rename(other, one));
            break;
        default:
            MUST(truncate(one, PAGE));
            MUST(truncate(one, 4 * PAGE));
        }
    }
    return NULL;
}

static const char *start(char what)
{
    // What the guest makes in a layer in memory is not here at all.
    if (access(one, F_OK) != 0) { return "ok"; }
    kind = what;
    calm = 0;
    running = pthread_create(&thread, NULL, churn, NULL) == 0;
    return running ? "ok" : "no thread";
}

static int server(const char *name, int type)
{
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    // The path is longer than an address may be.
    MUST(chdir(tree));
    strcpy(address.sun_path, name);
    int fd = (int)MUST(socket(AF_UNIX, type | SOCK_NONBLOCK, 0));
    unlink(name);
    MUST(bind(fd, (struct sockaddr *)&address, sizeof address));
    MUST(chmod(name, 0666));
    if (type == SOCK_STREAM) { MUST(listen(fd, 5)); }
    return fd;
}

static const char *hold(void)
{
    held = (int)MUST(open(one, O_RDWR | O_NONBLOCK));
    MUST(write(held, "SECRET", 6));
    return "ok";
}

static const char *holds(void)
{
    char text[64];
    ssize_t n = read(held, text, sizeof text);
    close(held);
    return n == 6 && memcmp(text, "SECRET", 6) == 0 ? "ok" : "the FIFO has something else";
}

static const char *nothing(void)
{
    char text[64];
    int fd = open(one, O_RDONLY | O_NONBLOCK);
    if (fd < 0 && errno == ENOENT) { return "ok"; }
    ssize_t n = read(fd, text, sizeof text);
    close(fd);
    return n == 0 ? "ok" : "the FIFO has something";
}

static const char *silent(void)
{
    char text[64];
    if (accept(servers[0], NULL, NULL) >= 0) { return "somebody has connected"; }
    return read(servers[1], text, sizeof text) < 0 && errno == EAGAIN ? "ok" : "somebody has sent something";
}

static const char *refuses(const char *name)
{
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    strcpy(address.sun_path, name);
    int fd = (int)MUST(socket(AF_UNIX, SOCK_STREAM, 0));
    int result = connect(fd, (struct sockaddr *)&address, sizeof address);
    int error = errno;
    close(fd);
    return result == -1 && (error == ECONNREFUSED || error == ENOENT) ? "ok" : "the guest's socket answers";
}

static const char *act(const char *verb, const char *first, const char *second)
{
    snprintf(one, sizeof one, "%s/%s", tree, first);
    snprintf(other, sizeof other, "%s/%s", tree, second);
    if (strcmp(verb, "swap") == 0) { return start('e'); }
    if (strcmp(verb, "flicker") == 0) { return start('t'); }
    if (strcmp(verb, "exchange") == 0) {
        return renameat2(AT_FDCWD, one, AT_FDCWD, other, RENAME_EXCHANGE) == 0 ? "ok" : "no exchange";
    }
    if (strcmp(verb, "truncate") == 0) { return truncate(one, PAGE) == 0 ? "ok" : "not truncated"; }
    if (strcmp(verb, "grow") == 0) { return truncate(one, 4 * PAGE) == 0 ? "ok" : "not grown"; }
    if (strcmp(verb, "directory") == 0) { return symlink(outside, one) == 0 ? "ok" : "no directory"; }
    if (strcmp(verb, "remove") == 0) { return unlink(one) == 0 ? "ok" : "not removed"; }
    if (strcmp(verb, "hold") == 0) { return hold(); }
    if (strcmp(verb, "holds") == 0) { return holds(); }
    if (strcmp(verb, "nothing") == 0) { return nothing(); }
    if (strcmp(verb, "silent") == 0) { return silent(); }
    if (strcmp(verb, "refuses") == 0) { return refuses(first); }
    snprintf(other, sizeof other, "%s/%s", outside, first);
    if (strcmp(verb, "churn") == 0) { return start('m'); }
    if (strcmp(verb, "away") == 0) { return rename(one, other) == 0 ? "ok" : "not moved away"; }
    if (strcmp(verb, "back") == 0) { return rename(other, one) == 0 ? "ok" : "not moved back"; }
    if (strcmp(verb, "link") == 0) {
        snprintf(other, sizeof other, "%s/secret", outside);
        return symlink(other, one) == 0 ? "ok" : "no link";
    }
    return "unknown step";
}

int main(int argc, char **argv)
{
    char line[512], verb[32], first[128], second[128];
    if (argc != 3) { return 99; }
    strcpy(tree, argv[1]);
    strcpy(outside, argv[2]);
    servers[0] = server("socket", SOCK_STREAM);
    servers[1] = server("datagrams", SOCK_DGRAM);
    while (fgets(line, sizeof line, stdin)) {
        *verb = *first = *second = 0;
        sscanf(line, "%31s %127s %127s", verb, first, second);
        if (strcmp(verb, "calm") == 0) {
            calm = 1;
            if (running) { pthread_join(thread, NULL); }
            running = 0;
            say("ok");
        } else {
            say("%s", act(verb, first, second));
        }
    }
    calm = 1;
    return 0;
}

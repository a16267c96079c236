// SPDX-License-Identifier: Apache-2.0
// FUSE daemons that answer nothing, or anything, that die, wait for themselves and are asked a hundred
// thousand times; whoever waits for them can be killed, and the sandbox ends with some of them waiting for ever.
// @timeout 180
#include "attack.h"
#include "../guest/fuse.h"
#include <dirent.h>

static int silent_from = 1 << 30;
static int asked;

// Answers so many requests after INIT, and none afterwards.
static int silent(struct fuse_in_header *in, char *body)
{
    (void)body;
    return in->opcode != FUSE_INIT && ++asked > silent_from;
}

static void use(int how)
{
    char buffer[4096] = "";
    int fd;
    switch (how % 14) {
    case 0: { struct stat st; (void)stat("m/file", &st); break; }
    case 1: (void)!open("m/file", O_RDWR); break;
    case 2: (void)mkdir("m/dir", 0700); break;
    case 3: (void)rename("m/file", "m/other"); break;
    case 4: (void)unlink("m/file"); break;
    case 5: { DIR *d = opendir("m"); if (d) { while (readdir(d)) { } closedir(d); } break; }
    case 6: execl("m/file", "file", NULL); break;
    case 7: (void)symlink("to", "m/link"); (void)!readlink("m/link", buffer, sizeof buffer); break;
    case 8: { struct statfs st; (void)statfs("m", &st); break; }
    case 9: (void)chdir("m"); break;
    case 10: (void)setxattr("m", "user.x", "y", 1, 0); (void)getxattr("m", "user.x", buffer, 100); break;
    case 11: (void)mount("x", "m/dir", "tmpfs", 0, NULL); break;
    case 12: fd = open("m/new", O_CREAT | O_RDWR, 0600); (void)!write(fd, buffer, 4096);
        (void)!read(fd, buffer, 4096); (void)mmap(NULL, 8192, PROT_READ, MAP_PRIVATE, fd, 0); close(fd); break;
    default: (void)link("m/file", "m/hard"); (void)chmod("m/file", 0600); (void)truncate("m/file", 1); break;
    }
    _exit(0);
}

static pid_t user(int how)
{
    pid_t child = (pid_t)MUST(fork());
    if (child == 0) { use(how); }
    return child;
}

static void stop(pid_t daemon)
{
    if (daemon > 0) { kill(daemon, SIGKILL); waitpid(daemon, NULL, 0); }
    while (umount2("m", MNT_DETACH) == 0) { }
}

static void answers_nothing(void)
{
    special = silent;
    for (int from = 0; from < 4; from++) {
        silent_from = from;
        asked = 0;
        pid_t daemon = begin("m", from & 1 ? ",default_permissions" : "");
        pid_t users[28];
        for (int i = 0; i < 28; i++) { users[i] = user(i); }
        usleep(300000);
        for (int i = 0; i < 28; i++) { kill(users[i], i & 1 ? SIGKILL : SIGTERM); }
        for (int i = 0; i < 28; i++) { finish(users[i], 5000); }
        if (hung) { _exit(30); }
        stop(daemon);
    }
    special = NULL;
    report("answers nothing");
}

// Not even INIT is read; the last closing of the device ends all waits.
static void never_begins(void)
{
    start_tree();
    device = (int)MUST(open("/dev/fuse", O_RDWR | O_CLOEXEC));
    if (mount_at("m", "fuse", "")) { _exit(31); }
    pid_t users[14];
    for (int i = 0; i < 14; i++) { users[i] = user(i); }
    usleep(200000);
    for (int i = 0; i < 7; i++) { kill(users[i], SIGKILL); finish(users[i], 5000); }
    if (hung) { _exit(32); }
    // The users have copies of the descriptor.
    for (int i = 7; i < 14; i++) { kill(users[i], SIGKILL); finish(users[i], 5000); }
    close(device);
    struct stat st;
    if (stat("m", &st) == 0 || errno != ENOTCONN) { _exit(33); }
    stop(0);
    report("never begins");
}

static int garbage(struct fuse_in_header *in, char *body)
{
    static char noise[140000];
    uint64_t kind = random_word() % 16;
    if (in->opcode == FUSE_INIT || in->opcode == FUSE_FORGET || in->opcode == FUSE_BATCH_FORGET) { return 0; }
    for (size_t i = 0; i < 40; i++) { ((uint64_t *)noise)[i] = random_word() >> (random_word() % 64); }
    (void)body;
    switch (kind) {
    case 0: case 1: answer(in->unique, 0, noise, random_word() % 200); break;
    case 2: answer(in->unique, 0, noise, random_word() % sizeof noise); break;
    case 3: answer(in->unique, -(int)(random_word() % 600), NULL, 0); break;
    case 4: answer(random_word(), 0, noise, random_word() % 200); return 0;
    case 5: answer(0, (int)(random_word() % 9), noise, random_word() % 60); return 0;
    case 6: (void)!write(device, noise, random_word() % 300); return 0;
    case 7: answer(in->unique, 0, noise, 128); break;
    case 8: answer(in->unique, 0, noise, 104); break;
    case 9: answer(in->unique, 0, noise, 16); break;
    default: return 0;
    }
    answer(in->unique, 0, NULL, 0);
    return 1;
}

static void answers_anything(void)
{
    special = garbage;
    for (int round = 0; round < 3; round++) {
        valid_seconds = round ? 1000 : 0;
        pid_t daemon = begin("m", round == 2 ? ",default_permissions" : "");
        for (int i = 0; i < 600; i += 6) {
            pid_t users[6];
            for (int k = 0; k < 6; k++) { users[k] = user(i + k); }
            for (int k = 0; k < 6; k++) { finish(users[k], 2000); }
        }
        stop(daemon);
    }
    valid_seconds = 0;
    special = NULL;
    report("answers anything");
}

static int asks_itself(struct fuse_in_header *in, char *body)
{
    struct stat st;
    if (in->opcode == FUSE_LOOKUP && !strcmp(body, "file")) { (void)stat("m/other", &st); }
    if (in->opcode == FUSE_LOOKUP && !strcmp(body, "dir")) { (void)mount_at("m/inner", "fuse", ""); }
    return 0;
}

static void waits_for_itself(void)
{
    special = asks_itself;
    for (int i = 0; i < 3; i++) {
        pid_t daemon = begin("m", "");
        pid_t one = user(0), two = user(11), three = user(2);
        usleep(100000);
        kill(daemon, SIGKILL);
        finish(daemon, 5000);
        finish(one, 5000);
        finish(two, 5000);
        finish(three, 5000);
        if (hung) { _exit(34); }
        stop(0);
    }
    special = NULL;
    report("waits for itself");
}

// What nobody waits for any more, and what nobody ever did, must not pile up.
static int keeps_releases(struct fuse_in_header *in, char *body)
{
    (void)body;
    return in->opcode == FUSE_RELEASE || in->opcode == FUSE_READ;
}

static void piles_up(void)
{
    special = keeps_releases;
    pid_t daemon = begin("m", "");
    close((int)MUST(open("m/file", O_CREAT | O_RDWR, 0600)));
    for (int i = 0; i < 20000; i++) { close((int)MUST(open("m/file", O_RDWR))); }
    for (int i = 0; i < 300; i++) {
        pid_t child = (pid_t)MUST(fork());
        if (child == 0) {
            char c;
            int fd = open("m/file", O_RDONLY);
            (void)!read(fd, &c, 1);
            _exit(0);
        }
        usleep(500);
        kill(child, SIGKILL);
        finish(child, 5000);
    }
    if (hung) { _exit(35); }
    stop(daemon);
    special = NULL;
    report("piles up");
}

// Each look at a name gives another node: what was there before must be let go of.
static int fresh_nodes(struct fuse_in_header *in, char *body)
{
    static uint64_t next = 1000;
    if (in->opcode != FUSE_LOOKUP) { return 0; }
    (void)body;
    struct fuse_entry_out out;
    fill_entry(&out, 1);
    out.nodeid = ++next;
    out.attr_valid = 1000;
    answer(in->unique, 0, &out, sizeof out);
    return 1;
}

static void ever_new_nodes(void)
{
    struct stat st;
    special = fresh_nodes;
    pid_t daemon = begin("m", "");
    for (int i = 0; i < 60000; i++) { MUST(stat("m/a", &st)); }
    for (int i = 0; i < 3000; i++) { MUST(stat("m/a/b/c/d/e/f/g/h/i/j/k/l/m/n/o/p/q/r/s/t", &st)); }
    stop(daemon);
    special = NULL;
}

static void many_requests(void)
{
    struct stat st;
    pid_t daemon = begin("m", "");
    close((int)MUST(open("m/file", O_CREAT | O_RDWR, 0600)));
    for (int i = 0; i < 50000; i++) { MUST(stat("m/file", &st)); }
    stop(daemon);
}

static void many_mounts(void)
{
    for (int i = 0; i < 300; i++) {
        device = (int)MUST(open("/dev/fuse", O_RDWR | O_CLOEXEC));
        (void)mount_at("m", "fuse", "");
        if (i & 1) { (void)umount2("m", MNT_DETACH); }
        close(device);
    }
    while (umount2("m", MNT_DETACH) == 0) { }
}

static int attack(void)
{
    own_tmpfs();
    MUST(mkdir("m", 0700));
    answers_nothing();
    never_begins();
    answers_anything();
    waits_for_itself();
    piles_up();
    many_requests();
    ever_new_nodes();
    many_mounts();
    // The end of the sandbox finds these.
    special = silent;
    silent_from = asked = 0;
    (void)begin("m", "");
    for (int i = 0; i < 14; i++) { (void)user(i); }
    usleep(100000);
    return 0;
}

int main(void)
{
    pid_t pid = fork();
    if (pid == 0) { _exit(attack()); }
    int status;
    waitpid(pid, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 99;
}

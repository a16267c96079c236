// SPDX-License-Identifier: Apache-2.0
// Landlock: each right by itself, rules above and below, truncation, files without names, programs.
// @places overlay,layer,volume,tmpfs
#include "landlock.h"
#include <mqueue.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/un.h>

static const char *self;

static void tree(const char *top)
{
    char path[64];
    const char *const dirs[] = { "", "/sub", "/sub/deep", "/empty" };
    for (size_t i = 0; i < 4; i++) {
        snprintf(path, sizeof path, "%s%s", top, dirs[i]);
        MUST(mkdir(path, 0755));
        snprintf(path, sizeof path, "%s%s/file", top, dirs[i]);
        if (i < 3) { put_file(path, "content", 0644); }
    }
    snprintf(path, sizeof path, "%s/prog", top);
    int in = (int)MUST(open(self, O_RDONLY)), out = (int)MUST(open(path, O_WRONLY | O_CREAT, 0755));
    struct stat st;
    MUST(fstat(in, &st));
    MUST(sendfile(out, in, NULL, st.st_size));
    close(in);
    close(out);
    snprintf(path, sizeof path, "%s/script", top);
    char text[128];
    snprintf(text, sizeof text, "#!%s/prog run\n", top);
    put_file(path, text, 0755);
}

static int run(const char *path)
{
    pid_t child = (pid_t)MUST(fork());
    if (child == 0) {
        execl(path, path, "run", NULL);
        _exit(errno);
    }
    int status;
    MUST(waitpid(child, &status, 0));
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static int bind_at(const char *path)
{
    int fd = (int)MUST(socket(AF_UNIX, SOCK_STREAM, 0));
    struct sockaddr_un name = { .sun_family = AF_UNIX };
    strcpy(name.sun_path, path);
    int result = bind(fd, (struct sockaddr *)&name, sizeof name);
    int error = errno;
    close(fd);
    errno = error;
    return result;
}

static char line[4000];
static int length;

static void failed(const char *what, int result, int error)
{
    if (result == -1) {
        length += snprintf(line + length, sizeof line - length, " %s=%s;", what, err_name(error));
    } else if (result > 0) {
        length += snprintf(line + length, sizeof line - length, " %s=%d;", what, result);
    }
}

// Tries everything; says what fails, and how.
static void try_all(const char *what)
{
#define TRY(call) do { errno = 0; int result_ = (int)(call); failed(#call, result_, errno); } while (0)
    TRY(try_open("a/sub/file", O_RDONLY));
    TRY(try_open("a/sub/file", O_WRONLY));
    TRY(try_open("a/sub/file", O_RDWR));
    TRY(try_open("a/sub/file", O_PATH));
    TRY(try_open("a/sub", O_RDONLY | O_DIRECTORY));
    TRY(try_open("a/sub", O_PATH));
    TRY(try_open("a/sub/file", O_WRONLY | O_TRUNC));
    TRY(try_open("a/sub/file", O_RDONLY | O_TRUNC));
    TRY(truncate("a/sub/file", 3));
    TRY(run("a/prog"));
    TRY(run("a/script"));
    TRY(mkdir("a/sub/dir", 0755));
    TRY(rmdir("a/empty"));
    TRY(try_open("a/sub/new", O_WRONLY | O_CREAT));
    TRY(try_open("a/sub/new", O_RDONLY | O_CREAT | O_EXCL));
    TRY(access("a/sub/new", F_OK));
    TRY(try_open("a/sub/newer", O_RDONLY | O_CREAT | O_EXCL));
    TRY(symlink("x", "a/sub/link"));
    TRY(mkfifo("a/sub/fifo", 0644));
    TRY(mknod("a/sub/whiteout", S_IFCHR | 0644, 0) == -1 && errno == EACCES);
    TRY(mknod("a/sub/block", S_IFBLK | 0644, 0x103) == -1 && errno == EACCES);
    TRY(bind_at("a/sub/socket"));
    TRY(link("a/sub/file", "a/sub/hard"));
    TRY(rename("a/sub/file", "a/sub/other"));
    TRY(rename("a/sub/deep", "a/sub/moved"));
    TRY(rename("a/sub", "a/sub"));
    TRY(unlink("a/file"));
    TRY(unlink("a/sub"));
    TRY(rmdir("a/prog"));
    TRY(unlink("a/none"));
    TRY(rmdir("a/none"));
    TRY(mkdir("a/sub", 0755));
    TRY(try_open("b/file", O_RDWR));
    TRY(chmod("a/sub", 0711));
    TRY(chdir("a/sub") == 0 ? chdir("../..") : -1);
    TRY(access("a/sub", R_OK));
#undef TRY
    say("%s:%s", what, line);
}

static void clean(void)
{
    if (system("rm -rf a b") != 0) { say("not cleaned"); }
}

static void each_right(void)
{
    for (int right = 0; right < 15; right++) {
        char what[32];
        snprintf(what, sizeof what, "only %d denied", right);
        tree("a");
        tree("b");
        CHILD(what,
            enter(ruleset_of(1ULL << right));
            try_all(what));
        clean();
    }
    for (int right = 0; right < 15; right++) {
        char what[32];
        snprintf(what, sizeof what, "only %d allowed", right);
        tree("a");
        tree("b");
        CHILD(what,
            int rules = ruleset_of(ALL_RIGHTS);
            allow(rules, "a", 1ULL << right);
            enter(rules);
            try_all(what));
        clean();
    }
    tree("a");
    tree("b");
    CHILD("all allowed",
        int rules = ruleset_of(ALL_RIGHTS);
        allow(rules, "a", ALL_RIGHTS);
        enter(rules);
        try_all("all"));
    clean();
}

static void places(void)
{
    tree("a");
    tree("b");
    CHILD("rules on files and below",
        int rules = ruleset_of(FS(READ_FILE) | FS(WRITE_FILE) | FS(READ_DIR));
        allow(rules, "a/file", FS(READ_FILE));
        allow(rules, "a/sub", FS(READ_FILE) | FS(READ_DIR));
        allow(rules, "a/sub/deep", FS(WRITE_FILE));
        SHOW(try_allow(rules, "a/file", FS(READ_DIR)));
        SHOW(try_allow(rules, "a/file", FS(EXECUTE)));
        int before = (int)MUST(open("b/file", O_RDWR));
        int dir = (int)MUST(open("b", O_RDONLY | O_DIRECTORY));
        enter(rules);
        SHOW(try_open("a/file", O_RDONLY));
        SHOW(try_open("a/file", O_RDWR));
        SHOW(try_open("a", O_RDONLY));
        SHOW(try_open("a/sub/file", O_RDONLY));
        SHOW(try_open("a/sub/file", O_RDWR));
        SHOW(try_open("a/sub/deep", O_RDONLY));
        SHOW(try_open("a/sub/deep/file", O_RDWR));
        SHOW(try_open("a/sub/deep/../file", O_WRONLY));
        SHOW(try_open("b/file", O_RDONLY));
        char text[8];
        SHOW(read(before, text, 8));
        SHOW(ftruncate(before, 1));
        SHOW(openat(dir, "file", O_RDONLY));
        SHOW(try_open("/", O_RDONLY));
        SHOW(try_open("/dev/null", O_RDWR));
        SHOW(try_open(".", O_RDONLY)));
    CHILD("names go, rules stay",
        int rules = ruleset_of(FS(READ_FILE));
        allow(rules, "a/sub", FS(READ_FILE));
        allow(rules, "b/file", FS(READ_FILE));
        MUST(link("b/file", "b/linked"));
        MUST(rename("a/sub", "b/moved"));
        MUST(mkdir("a/sub", 0755));
        put_file("a/sub/file", "x", 0644);
        enter(rules);
        SHOW(try_open("b/moved/file", O_RDONLY));
        SHOW(try_open("a/sub/file", O_RDONLY));
        SHOW(try_open("b/linked", O_RDONLY));
        SHOW(rename("b/moved/file", "a/file"));
        SHOW(rename("b/moved/file", "b/moved/other"));
        SHOW(try_open("b/moved/other", O_RDONLY));
        int fd = (int)MUST(open("b/moved/deep/file", O_RDONLY));
        MUST(unlink("b/moved/deep/file"));
        char path[32];
        snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
        SHOW(try_open(path, O_RDONLY)));
    clean();
}

static void truncation(void)
{
    tree("a");
    CHILD("truncation",
        int rules = ruleset_of(FS(TRUNCATE) | FS(WRITE_FILE) | FS(READ_FILE));
        allow(rules, "a", FS(WRITE_FILE) | FS(READ_FILE));
        allow(rules, "a/sub", FS(TRUNCATE));
        int outside = (int)MUST(open("a/file", O_RDWR));
        enter(rules);
        int denied = (int)MUST(open("a/file", O_RDWR));
        int allowed = (int)MUST(open("a/sub/file", O_RDWR));
        int reader = (int)MUST(open("a/file", O_RDONLY));
        SHOW(ftruncate(outside, 5));
        SHOW(ftruncate(denied, 4));
        SHOW(ftruncate(dup(denied), 4));
        SHOW(ftruncate(allowed, 4));
        SHOW(ftruncate(reader, 4));
        SHOW(ftruncate(denied, -1));
        SHOW(fallocate(denied, 0, 0, 100));
        SHOW(try_open("a/file", O_WRONLY | O_CREAT | O_TRUNC));
        SHOW(try_open("a/fresh", O_WRONLY | O_CREAT | O_TRUNC));
        SHOW(try_open("a/sub/fresh", O_WRONLY | O_CREAT | O_TRUNC));
        SHOW(try_open("a/sub/fresh", O_WRONLY | O_CREAT | O_TRUNC));
        SHOW(truncate("a/file", 1));
        SHOW(truncate("a/sub/file", 1));
        SHOW(truncate("a", 1));
        CHILD("inherited", SHOW(ftruncate(denied, 4))));
    clean();
}

static void nameless(void)
{
    put_file("queues", "", 0644);
    CHILD("nameless",
        int rules = ruleset_of(ALL_RIGHTS);
        allow(rules, "/proc", FS(READ_FILE) | FS(READ_DIR));
        int ends[2];
        MUST(pipe(ends));
        int memory = (int)MUST(syscall(SYS_memfd_create, "m", 0));
        enter(rules);
        char path[32];
        snprintf(path, sizeof path, "/proc/self/fd/%d", ends[0]);
        SHOW(try_open(path, O_RDONLY));
        snprintf(path, sizeof path, "/proc/self/fd/%d", memory);
        SHOW(try_open(path, O_RDWR | O_TRUNC));
        SHOW(ftruncate(memory, 100));
        SHOW(try_open("/proc/self/ns/mnt", O_RDONLY));
        SHOW(try_open("/proc/self/status", O_RDONLY));
        SHOW(try_open("/proc/self/comm", O_WRONLY));
        memory = (int)MUST(syscall(SYS_memfd_create, "n", 0));
        SHOW(ftruncate(memory, 100)));
    CHILD("queues",
        enter(ruleset_of(ALL_RIGHTS));
        mqd_t queue = mq_open("/moat-landlock", O_RDWR | O_CREAT | O_EXCL, 0600, NULL);
        OK(queue);
        OK(mq_open("/moat-landlock", O_RDONLY));
        SHOW(mq_unlink("/moat-landlock")));
    mq_unlink("/moat-landlock");
    MUST(unlink("queues"));
}

int main(int argc, char **argv)
{
    if (argc > 1 && argv[1][0]) { return 77; }
    static char path[4096];
    MUST(readlink("/proc/self/exe", path, sizeof path - 1));
    self = path;
    each_right();
    places();
    truncation();
    nameless();
    return 0;
}

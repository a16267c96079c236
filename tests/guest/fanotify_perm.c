// SPDX-License-Identifier: Apache-2.0
// Permission events of fanotify(7): what asks, what the answers do, which answers are none, the order of classes,
// ignored masks. On a tmpfs.
// @identities root
// @places overlay,volume,tmpfs
#include "fanperm.h"

#define CONTENT (FAN_CLASS_CONTENT | FAN_CLOEXEC)
#define PRE (FAN_CLASS_PRE_CONTENT | FAN_CLOEXEC)

static void refusals(void)
{
    say("-- refusals");
    int notif = (int)MUST(fanotify_init(FAN_CLASS_NOTIF, O_RDONLY));
    SHOW(fanotify_mark(notif, FAN_MARK_ADD, FAN_OPEN_PERM, AT_FDCWD, "file"));
    SHOW(fanotify_mark(notif, FAN_MARK_ADD, FAN_ACCESS_PERM, AT_FDCWD, "file"));
    SHOW(fanotify_mark(notif, FAN_MARK_ADD, FAN_OPEN_EXEC_PERM | FAN_OPEN, AT_FDCWD, "file"));
    SHOW(fanotify_mark(notif, FAN_MARK_REMOVE, FAN_OPEN_PERM, AT_FDCWD, "file"));
    struct fanotify_response answer = {0, FAN_ALLOW};
    SHOW(write(notif, &answer, sizeof answer));
    close(notif);
    SHOW(fanotify_init(CONTENT | FAN_REPORT_FID, O_RDONLY));
    SHOW(fanotify_init(CONTENT | FAN_REPORT_DFID_NAME, O_RDONLY));
    SHOW(fanotify_init(CONTENT | FAN_CLASS_PRE_CONTENT, O_RDONLY));
    OK(fanotify_init(CONTENT | FAN_UNLIMITED_QUEUE | FAN_UNLIMITED_MARKS | FAN_ENABLE_AUDIT, O_RDONLY));
    OK(fanotify_init(CONTENT | FAN_REPORT_PIDFD, O_RDONLY));
    OK(fanotify_init(CONTENT | FAN_REPORT_TID, O_RDONLY));
    int fan = (int)MUST(fanotify_init(CONTENT | FAN_NONBLOCK, O_RDONLY));
    SHOW(fanotify_mark(fan, FAN_MARK_ADD, FAN_OPEN_PERM | FAN_CREATE, AT_FDCWD, "file"));
    SHOW(fanotify_mark(fan, FAN_MARK_ADD, 0x100000, AT_FDCWD, "file"));
    SHOW(fanotify_mark(fan, FAN_MARK_ADD, FAN_OPEN_PERM, AT_FDCWD, "/proc/self/status"));
    SHOW(fanotify_mark(fan, FAN_MARK_ADD | FAN_MARK_MOUNT, FAN_ACCESS_PERM, AT_FDCWD, "/proc"));
    SHOW(fanotify_mark(fan, FAN_MARK_ADD, FAN_OPEN, AT_FDCWD, "/proc/self/status"));
    SHOW(fanotify_mark(fan, FAN_MARK_ADD | FAN_MARK_IGNORED_MASK, FAN_OPEN_PERM, AT_FDCWD, "file"));
    close(fan);
    fan = (int)MUST(fanotify_init(PRE | FAN_NONBLOCK, O_RDONLY));
    SHOW(fanotify_mark(fan, FAN_MARK_ADD, 0x100000, AT_FDCWD, "file"));
    SHOW(fanotify_mark(fan, FAN_MARK_ADD | FAN_MARK_FILESYSTEM, 0x100000, AT_FDCWD, "file"));
    close(fan);
}

static void bad_answers(void)
{
    say("-- answers");
    int fan = (int)MUST(fanotify_init(CONTENT | FAN_NONBLOCK, O_RDONLY));
    char room[64] = {0};
    struct fanotify_response answer = {0, FAN_ALLOW};
    SHOW(write(fan, &answer, 0));
    SHOW(write(fan, &answer, 4));
    SHOW(write(fan, &answer, sizeof answer));
    SHOW(write(fan, BAD, sizeof answer));
    answer.fd = -1;
    SHOW(write(fan, &answer, sizeof answer));
    answer.fd = -5;
    SHOW(write(fan, &answer, sizeof answer));
    answer.fd = 1;
    answer.response = 0;
    SHOW(write(fan, &answer, sizeof answer));
    answer.response = FAN_ALLOW | FAN_DENY;
    SHOW(write(fan, &answer, sizeof answer));
    answer.response = FAN_ALLOW | FAN_AUDIT;
    SHOW(write(fan, &answer, sizeof answer));
    answer.response = FAN_ALLOW | 0x80;
    SHOW(write(fan, &answer, sizeof answer));
    answer.response = FAN_DENY | (EIO << 24);
    SHOW(write(fan, &answer, sizeof answer));
    answer.response = FAN_ALLOW | (EIO << 24);
    SHOW(write(fan, &answer, sizeof answer));
    answer.response = FAN_ALLOW | FAN_INFO;
    SHOW(write(fan, &answer, sizeof answer));
    answer.response = FAN_ALLOW;
    memcpy(room, &answer, sizeof answer);
    SHOW(write(fan, room, sizeof room));
    // A rule for the audit, which nobody keeps.
    struct { struct fanotify_response answer; uint8_t type, pad; uint16_t len; uint32_t number, subject, object; } rule =
        {{FAN_NOFD, FAN_ALLOW | FAN_INFO}, 1, 0, 16, 1, 2, 2};
    SHOW(write(fan, &rule, sizeof rule));
    rule.answer.fd = 1;
    SHOW(write(fan, &rule, sizeof rule));
    SHOW(write(fan, &rule, sizeof rule - 4));
    rule.type = 0;
    SHOW(write(fan, &rule, sizeof rule));
    rule.type = 1;
    rule.pad = 1;
    SHOW(write(fan, &rule, sizeof rule));
    rule.pad = 0;
    rule.len = 15;
    SHOW(write(fan, &rule, sizeof rule));
    SHOW(lseek(fan, 0, SEEK_CUR));
    close(fan);
    fan = (int)MUST(fanotify_init(PRE | FAN_NONBLOCK | FAN_ENABLE_AUDIT, O_RDONLY));
    answer.response = FAN_DENY | FAN_AUDIT;
    SHOW(write(fan, &answer, sizeof answer));
    for (unsigned error = 0; error < 256; error++) {
        answer.response = FAN_DENY | (error << 24);
        if (write(fan, &answer, sizeof answer) == -1 && errno != EINVAL) { say("  denied with %s: %s", err_name(error), err_name(errno)); }
    }
    close(fan);
}

static void opens(void)
{
    int fan = (int)MUST(fanotify_init(CONTENT, O_RDONLY));
    MUST(fanotify_mark(fan, FAN_MARK_ADD, FAN_OPEN_PERM, AT_FDCWD, "file"));
    SERVE("open allowed", fan, ALLOW, TRY(open("file", O_RDONLY)));
    SERVE("open denied", fan, DENY, TRY(open("file", O_RDONLY)));
    SERVE("open nonblocking denied", fan, DENY, TRY(open("file", O_RDONLY | O_NONBLOCK)));
    SERVE("open for writing", fan, DENY, TRY(open("file", O_WRONLY)));
    SERVE("truncating denied", fan, DENY, TRY(open("file", O_WRONLY | O_TRUNC)));
    struct stat st;
    MUST(stat("file", &st));
    say("  %ld bytes", (long)st.st_size);
    SERVE("truncate", fan, DENY, TRY(truncate("file", 5)));
    SERVE("creating what is there", fan, DENY, TRY(open("file", O_WRONLY | O_CREAT, 0600)));
    SERVE("O_EXCL", fan, DENY, TRY(open("file", O_WRONLY | O_CREAT | O_EXCL, 0600)));
    SERVE("O_PATH", fan, DENY, TRY(open("file", O_PATH)));
    SERVE("not readable", fan, DENY, MUST(setuid(65534)); TRY(open("file", O_RDWR)));
    SERVE("directory flag", fan, DENY, TRY(open("file", O_RDONLY | O_DIRECTORY)));
    SERVE("by descriptor", fan, DENY, int fd = open("file", O_PATH); char path[64];
        snprintf(path, sizeof path, "/proc/self/fd/%d", fd); TRY(open(path, O_RDONLY)));
    SERVE("stat, chmod, rename", fan, DENY, TRY(stat("file", &st)); TRY(chmod("file", 0644)); TRY(rename("file", "other"));
        TRY(rename("other", "file")));
    MUST(symlink("file", "link"));
    SERVE("by link", fan, DENY, TRY(open("link", O_RDONLY)));
    SERVE("two of one", fan, ALLOW, TRY(open("file", O_RDONLY)); TRY(open("file", O_RDONLY)));
    close(fan);
    SERVE("group closed", -1, 0, TRY(open("file", O_RDONLY)));
}

static void directories(void)
{
    int fan = (int)MUST(fanotify_init(CONTENT, O_RDONLY));
    MUST(fanotify_mark(fan, FAN_MARK_ADD, FAN_OPEN_PERM | FAN_ACCESS_PERM | FAN_EVENT_ON_CHILD, AT_FDCWD, "dir"));
    SERVE("file made", fan, DENY, TRY(open("dir/new", O_CREAT | O_RDWR, 0600)));
    SHOW(access("dir/new", F_OK));
    SERVE("file made exclusively", fan, DENY, TRY(open("dir/excl", O_CREAT | O_EXCL | O_RDWR, 0600)));
    SHOW(access("dir/excl", F_OK));
    SERVE("nameless file", fan, DENY, TRY(open("dir", O_TMPFILE | O_RDWR, 0600)));
    SERVE("directory", fan, DENY, int fd = open("dir", O_RDONLY | O_DIRECTORY); char room[512]; TRY(fd);
        TRY(syscall(SYS_getdents64, fd, room, sizeof room)));
    MUST(fanotify_mark(fan, FAN_MARK_ADD, FAN_ONDIR, AT_FDCWD, "dir"));
    SERVE("directory heard", fan, ALLOW, int fd = open("dir", O_RDONLY | O_DIRECTORY); char room[512]; TRY(fd);
        TRY(syscall(SYS_getdents64, fd, room, sizeof room)));
    SERVE("directory denied", fan, DENY, TRY(open("dir", O_RDONLY | O_DIRECTORY)));
    SERVE("child", fan, ALLOW, TRY(open("dir/new", O_RDONLY)));
    SERVE("outside", fan, DENY, TRY(open("file", O_RDONLY)));
    close(fan);
}

static void accesses(void)
{
    char room[64] = {0};
    struct iovec vectors[2] = {{room, 4}, {room + 8, 4}};
    int early = (int)MUST(open("file", O_RDONLY));
    int fan = (int)MUST(fanotify_init(CONTENT, O_RDONLY));
    MUST(fanotify_mark(fan, FAN_MARK_ADD, FAN_ACCESS_PERM, AT_FDCWD, "file"));
    SERVE("opened before", fan, DENY, TRY(read(early, room, 1)));
    close(early);
    int fd = (int)MUST(open("file", O_RDWR));
    SERVE("read allowed", fan, ALLOW, TRY(read(fd, room, 1)));
    SERVE("read denied", fan, DENY, TRY(read(fd, room, 1)));
    SERVE("nothing read", fan, DENY, TRY(read(fd, room, 0)));
    SERVE("bad address", fan, DENY, TRY(read(fd, BAD, 1)));
    SERVE("pread", fan, DENY, TRY(pread(fd, room, 1, 100)));
    SERVE("bad offset", fan, DENY, TRY(pread(fd, room, 1, -1)));
    SERVE("readv", fan, DENY, TRY(readv(fd, vectors, 2)));
    SERVE("readv of nothing", fan, DENY, TRY(readv(fd, vectors, 0)));
    SERVE("preadv2", fan, DENY, TRY(preadv2(fd, vectors, 2, 0, 0)));
    SERVE("write", fan, DENY, TRY(write(fd, "x", 1)));
    SERVE("mmap", fan, DENY, volatile char *at = mmap(NULL, 4096, PROT_READ, MAP_PRIVATE, fd, 0); (void)*at);
    SERVE("sendfile", fan, DENY, int out = open("out", O_CREAT | O_WRONLY, 0600); TRY(sendfile(out, fd, NULL, 4)));
    SERVE("sendfile to", fan, DENY, int in = open("out", O_RDONLY); TRY(sendfile(fd, in, NULL, 4)));
    SERVE("copy_file_range", fan, DENY, int out = open("out", O_CREAT | O_WRONLY, 0600);
        TRY(copy_file_range(fd, NULL, out, NULL, 4, 0)));
    SERVE("splice", fan, DENY, int ends[2]; TRY(pipe(ends)); TRY(splice(fd, NULL, ends[1], NULL, 4, 0)));
    SERVE("readahead", fan, DENY, TRY(readahead(fd, 0, 4096)));
    MUST(fanotify_mark(fan, FAN_MARK_ADD, FAN_OPEN_PERM | FAN_OPEN | FAN_ACCESS, AT_FDCWD, "file"));
    SERVE("all of it", fan, ALLOW, int in = open("file", O_RDONLY); TRY(in); TRY(read(in, room, 4)));
    close(fd);
    close(fan);
}

static void run_copy(const char *path)
{
    char *arguments[] = {(char *)path, (char *)"run", NULL};
    TRY(execv(path, arguments));
}

static void programs(const char *self)
{
    char buffer[65536];
    int in = (int)MUST(open(self, O_RDONLY)), out = (int)MUST(open("program", O_CREAT | O_WRONLY, 0755));
    for (ssize_t n; (n = read(in, buffer, sizeof buffer)) > 0;) { MUST(write(out, buffer, n)); }
    close(in);
    close(out);
    put_file("script", "#!/tmp/program run\n", 0755);
    int fan = (int)MUST(fanotify_init(CONTENT, O_RDONLY));
    MUST(fanotify_mark(fan, FAN_MARK_ADD, FAN_OPEN_PERM | FAN_OPEN_EXEC_PERM, AT_FDCWD, "program"));
    SERVE("program allowed", fan, ALLOW, run_copy("/tmp/program"));
    SERVE("program denied", fan, DENY, run_copy("/tmp/program"));
    SERVE("program opened", fan, ALLOW, TRY(open("program", O_RDONLY)));
    SERVE("script's program", fan, ALLOW, run_copy("/tmp/script"));
    MUST(fanotify_mark(fan, FAN_MARK_ADD, FAN_OPEN_PERM | FAN_OPEN_EXEC_PERM, AT_FDCWD, "script"));
    SERVE("script", fan, ALLOW, run_copy("/tmp/script"));
    SERVE("script denied", fan, DENY, run_copy("/tmp/script"));
    MUST(fanotify_mark(fan, FAN_MARK_REMOVE, FAN_OPEN_PERM, AT_FDCWD, "program"));
    SERVE("executing only", fan, DENY, run_copy("/tmp/program"));
    SERVE("reading it", fan, DENY, TRY(open("program", O_RDONLY)));
    MUST(fanotify_mark(fan, FAN_MARK_FLUSH, 0, AT_FDCWD, NULL));
    MUST(fanotify_mark(fan, FAN_MARK_ADD, FAN_ACCESS_PERM, AT_FDCWD, "program"));
    SERVE("reading the program denied", fan, DENY, run_copy("/tmp/program"));
    MUST(fanotify_mark(fan, FAN_MARK_FLUSH, 0, AT_FDCWD, NULL));
    MUST(fanotify_mark(fan, FAN_MARK_ADD, FAN_OPEN_PERM | FAN_OPEN_EXEC_PERM, AT_FDCWD, "program"));
    SERVE("not executable", fan, DENY, MUST(chmod("program", 0644)); run_copy("/tmp/program"));
    MUST(chmod("program", 0755));
    SERVE("execveat", fan, DENY, int fd = open("program", O_PATH); char *none[] = {(char *)"p", (char *)"run", NULL};
        TRY(syscall(SYS_execveat, fd, "", none, environ, AT_EMPTY_PATH)));
    close(fan);
}

static void two_groups(void)
{
    struct child child;
    int content = (int)MUST(fanotify_init(CONTENT, O_RDONLY)), pre = (int)MUST(fanotify_init(PRE, O_RDONLY));
    int notif = (int)MUST(fanotify_init(FAN_CLASS_NOTIF | FAN_NONBLOCK, O_RDONLY));
    MUST(fanotify_mark(content, FAN_MARK_ADD, FAN_OPEN_PERM, AT_FDCWD, "file"));
    MUST(fanotify_mark(pre, FAN_MARK_ADD, FAN_OPEN_PERM, AT_FDCWD, "file"));
    MUST(fanotify_mark(notif, FAN_MARK_ADD, FAN_OPEN, AT_FDCWD, "file"));
    say("-- both allow");
    BEGIN(child, TRY(open("file", O_RDONLY)));
    serve(&child, content, ALLOW, pre, ALLOW);
    next_event("notification", notif);
    say("-- the first denies");
    BEGIN(child, TRY(open("file", O_RDONLY)));
    serve(&child, content, ALLOW, pre, DENY);
    next_event("notification", notif);
    say("-- the second denies");
    BEGIN(child, TRY(open("file", O_RDONLY)));
    serve(&child, content, DENY, pre, ALLOW);
    say("-- denied with an error");
    BEGIN(child, TRY(open("file", O_RDONLY)));
    serve(&child, content, ALLOW, pre, DENY | (ETXTBSY << 24));
    say("-- the second goes away meanwhile");
    BEGIN(child, close(content); TRY(open("file", O_RDONLY)));
    int fd = next_event("pre", pre);
    close(content);
    answer_with(pre, fd, ALLOW);
    close(fd);
    serve(&child, pre, ALLOW, -1, 0);
    close(pre);
    close(notif);
}

static void ignored(void)
{
    int fan = (int)MUST(fanotify_init(CONTENT, O_RDONLY));
    MUST(fanotify_mark(fan, FAN_MARK_ADD | FAN_MARK_MOUNT, FAN_OPEN_PERM, AT_FDCWD, "."));
    SERVE("mount", fan, DENY, TRY(open("file", O_RDONLY)));
    MUST(fanotify_mark(fan, FAN_MARK_ADD | FAN_MARK_IGNORED_MASK, FAN_OPEN_PERM, AT_FDCWD, "file"));
    SERVE("ignored", fan, DENY, int fd = open("file", O_WRONLY | O_APPEND); TRY(fd); TRY(write(fd, "x", 1)));
    SERVE("modified", fan, DENY, TRY(open("file", O_RDONLY)));
    MUST(fanotify_mark(fan, FAN_MARK_ADD | FAN_MARK_IGNORED_MASK | FAN_MARK_IGNORED_SURV_MODIFY, FAN_OPEN_PERM, AT_FDCWD,
        "file"));
    SERVE("ignored for good", fan, DENY, int fd = open("file", O_WRONLY | O_APPEND); TRY(fd); TRY(write(fd, "x", 1));
        TRY(open("file", O_RDONLY)));
    MUST(mkdir("bind", 0755));
    MUST(mount("dir", "bind", NULL, MS_BIND, NULL));
    SERVE("another mount", fan, DENY, TRY(open("bind/new", O_RDONLY)));
    MUST(fanotify_mark(fan, FAN_MARK_ADD | FAN_MARK_FILESYSTEM, FAN_OPEN_PERM, AT_FDCWD, "."));
    SERVE("file system", fan, DENY, TRY(open("bind/new", O_RDONLY)));
    MUST(fanotify_mark(fan, FAN_MARK_FLUSH | FAN_MARK_FILESYSTEM, 0, AT_FDCWD, NULL));
    MUST(fanotify_mark(fan, FAN_MARK_FLUSH | FAN_MARK_MOUNT, 0, AT_FDCWD, NULL));
    SERVE("flushed", fan, DENY, TRY(open("file", O_RDONLY)); TRY(open("bind/new", O_RDONLY)));
    MUST(umount2("bind", 0));
    close(fan);
}

int main(int argc, char **argv)
{
    if (argc > 1) { return 0; }
    char self[512];
    ssize_t n = MUST(readlink("/proc/self/exe", self, sizeof self - 1));
    self[n] = 0;
    alarm(60);
    int program = (int)MUST(open(self, O_RDONLY));
    own_tmpfs();
    snprintf(self, sizeof self, "/proc/self/fd/%d", program);
    put_file("file", "content", 0644);
    MUST(mkdir("dir", 0755));
    refusals();
    bad_answers();
    opens();
    directories();
    accesses();
    programs(self);
    two_groups();
    ignored();
    return 0;
}

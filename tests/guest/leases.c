// SPDX-License-Identifier: Apache-2.0
// F_SETLEASE and F_GETLEASE of fcntl(2): who gets one, what it is after what, and whose it is. On a tmpfs, where no
// other program of the machine can have the file open.
// @places overlay,layer,volume,tmpfs
#include "own_tmpfs.h"

static int fresh(const char *path, int flags)
{
    unlink(path);
    put_file(path, "content", 0644);
    return (int)MUST(open(path, flags));
}

static void grants(void)
{
    int fd = fresh("a", O_RDONLY);
    SHOW(fcntl(fd, F_GETLEASE));
    SHOW(fcntl(fd, F_SETLEASE, F_UNLCK));
    SHOW(fcntl(fd, F_SETLEASE, F_RDLCK));
    SHOW(fcntl(fd, F_GETLEASE));
    SHOW(fcntl(fd, F_SETLEASE, F_RDLCK));
    SHOW(fcntl(fd, F_SETLEASE, F_WRLCK));
    SHOW(fcntl(fd, F_GETLEASE));
    SHOW(fcntl(fd, F_SETLEASE, F_RDLCK));
    SHOW(fcntl(fd, F_GETLEASE));
    SHOW(fcntl(fd, F_SETLEASE, F_UNLCK));
    SHOW(fcntl(fd, F_GETLEASE));
    SHOW(fcntl(fd, F_SETLEASE, F_UNLCK));
    SHOW(fcntl(fd, F_SETLEASE, 3));
    SHOW(fcntl(fd, F_SETLEASE, -1));
    SHOW(fcntl(fd, F_SETLEASE, 0x100000000L));
    SHOW(fcntl(fd, F_SETLEASE, F_UNLCK));
    close(fd);

    say("open for reading and writing");
    fd = fresh("a", O_RDWR);
    SHOW(fcntl(fd, F_SETLEASE, F_RDLCK));
    SHOW(fcntl(fd, F_SETLEASE, F_WRLCK));
    SHOW(fcntl(fd, F_SETLEASE, F_RDLCK));
    SHOW(fcntl(fd, F_GETLEASE));
    close(fd);
    fd = fresh("a", O_WRONLY);
    SHOW(fcntl(fd, F_SETLEASE, F_RDLCK));
    SHOW(fcntl(fd, F_SETLEASE, F_WRLCK));
    close(fd);

    say("others have it open");
    fd = fresh("a", O_RDONLY);
    int other = (int)MUST(open("a", O_RDONLY));
    SHOW(fcntl(fd, F_SETLEASE, F_WRLCK));
    SHOW(fcntl(fd, F_SETLEASE, F_RDLCK));
    SHOW(fcntl(other, F_GETLEASE));
    SHOW(fcntl(other, F_SETLEASE, F_UNLCK));
    SHOW(fcntl(other, F_SETLEASE, F_RDLCK));
    SHOW(fcntl(fd, F_SETLEASE, F_WRLCK));
    SHOW(fcntl(other, F_SETLEASE, F_UNLCK));
    SHOW(fcntl(fd, F_SETLEASE, F_WRLCK));
    close(other);
    SHOW(fcntl(fd, F_SETLEASE, F_WRLCK));
    close(fd);
    fd = fresh("a", O_RDONLY);
    other = (int)MUST(open("a", O_WRONLY));
    SHOW(fcntl(fd, F_SETLEASE, F_RDLCK));
    SHOW(fcntl(fd, F_SETLEASE, F_WRLCK));
    close(other);
    other = (int)MUST(open("a", O_PATH));
    SHOW(fcntl(fd, F_SETLEASE, F_WRLCK));
    SHOW(fcntl(other, F_SETLEASE, F_RDLCK));
    SHOW(fcntl(other, F_GETLEASE));
    close(other);
    close(fd);

    say("a mapping");
    fd = fresh("a", O_RDONLY);
    other = (int)MUST(open("a", O_RDONLY));
    void *map = MUSTP(mmap(NULL, PAGE, PROT_READ, MAP_PRIVATE, fd, 0));
    close(other);
    SHOW(fcntl(fd, F_SETLEASE, F_WRLCK));
    MUST(munmap(map, PAGE));
    close(fd);
}

static void odd(void)
{
    int fd = (int)MUST(open(".", O_RDONLY));
    SHOW(fcntl(fd, F_SETLEASE, F_RDLCK));
    SHOW(fcntl(fd, F_SETLEASE, F_UNLCK));
    SHOW(fcntl(fd, F_GETLEASE));
    close(fd);
    int ends[2];
    MUST(pipe(ends));
    SHOW(fcntl(ends[0], F_SETLEASE, F_RDLCK));
    SHOW(fcntl(ends[0], F_GETLEASE));
    SHOW(fcntl(99, F_SETLEASE, F_RDLCK));
    SHOW(fcntl(99, F_GETLEASE));
    fd = (int)MUST(open("/dev/null", O_RDONLY));
    SHOW(fcntl(fd, F_SETLEASE, F_RDLCK));
    close(fd);
}

static void inheritance(void)
{
    int fd = fresh("b", O_RDONLY);
    MUST(fcntl(fd, F_SETLEASE, F_RDLCK));
    int copy = (int)MUST(dup(fd));
    SHOW(fcntl(copy, F_GETLEASE));
    close(fd);
    SHOW(fcntl(copy, F_GETLEASE));
    CHILD("child",
        SHOW(fcntl(copy, F_GETLEASE));
        SHOW(fcntl(copy, F_SETLEASE, F_RDLCK)));
    SHOW(fcntl(copy, F_GETLEASE));
    CHILD("child", SHOW(fcntl(copy, F_SETLEASE, F_UNLCK)));
    SHOW(fcntl(copy, F_GETLEASE));
    MUST(fcntl(copy, F_SETLEASE, F_RDLCK));
    CHILD("child", close(copy));
    SHOW(fcntl(copy, F_GETLEASE));
    close(copy);
    copy = (int)MUST(open("b", O_WRONLY | O_NONBLOCK));
    close(copy);
}

static void owners(void)
{
    int fd = fresh("c", O_RDONLY);
    SHOW(fcntl(fd, F_GETOWN));
    MUST(fcntl(fd, F_SETLEASE, F_RDLCK));
    say("owner %s", fcntl(fd, F_GETOWN) == getpid() ? "self" : "other");
    MUST(fcntl(fd, F_SETSIG, SIGRTMIN));
    CHILD("child",
        MUST(fcntl(fd, F_SETLEASE, F_RDLCK));
        say("owner %s", fcntl(fd, F_GETOWN) == getppid() ? "parent" : "other"));
    SHOW(fcntl(fd, F_SETLEASE, F_UNLCK));
    SHOW(fcntl(fd, F_GETOWN));
    SHOW(fcntl(fd, F_GETSIG));
    close(fd);
}

// What does not conflict.
static void peace(void)
{
    int fd = fresh("d", O_RDONLY), other;
    MUST(fcntl(fd, F_SETLEASE, F_RDLCK));
    SHOW(other = open("d", O_RDONLY | O_NONBLOCK) >= 0);
    SHOW(fcntl(fd, F_GETLEASE));
    SHOW(chmod("d", 0600));
    SHOW(link("d", "e"));
    SHOW(rename("e", "f"));
    SHOW(unlink("f"));
    SHOW(access("d", W_OK));
    struct timespec times[2] = {{1, 0}, {2, 0}};
    SHOW(utimensat(AT_FDCWD, "d", times, 0));
    SHOW(unlink("d"));
    SHOW(fcntl(fd, F_GETLEASE));
    close(fd);
}

int main(void)
{
    own_tmpfs();
    grants();
    odd();
    inheritance();
    owners();
    peace();
    return 0;
}

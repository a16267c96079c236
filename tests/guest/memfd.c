// SPDX-License-Identifier: Apache-2.0
// memfd_create(2): files without names, sharing by mapping and by fork, seals, names, errors.
// @places overlay,layer,volume,tmpfs
#include "t.h"

int main(void)
{
    char back[100] = "", path[64], link[100] = "";
    int fd = (int)MUST(memfd_create("my name", MFD_CLOEXEC | MFD_ALLOW_SEALING));
    SHOW(fcntl(fd, F_GETFD));
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    SHOW(readlink(path, link, sizeof link - 1) > 0);
    say("%s", link);
    SHOW(write(fd, "hello", 5));
    SHOW(pread(fd, back, 99, 0));
    struct stat s;
    SHOW(fstat(fd, &s));
    say("mode %o links %ld size %ld", s.st_mode, (long)s.st_nlink, (long)s.st_size);
    SHOW(ftruncate(fd, 2 * PAGE));
    char *a = MUSTP(mmap(NULL, 2 * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0));
    char *b = MUSTP(mmap(NULL, 2 * PAGE, PROT_READ, MAP_SHARED, fd, 0));
    a[PAGE] = 'x';
    say("two mappings agree %d", b[PAGE]);
    CHILD("child", a[PAGE] = 'y');
    say("across fork %c", b[PAGE]);
    int again = (int)MUST(open(path, O_RDONLY));
    SHOW(pread(again, back, 1, PAGE));
    say("%c", back[0]);
    SHOW(fcntl(fd, F_GET_SEALS));
    SHOW(fcntl(fd, F_ADD_SEALS, F_SEAL_WRITE));
    SHOW(fcntl(fd, F_ADD_SEALS, F_SEAL_GROW));
    SHOW(ftruncate(fd, 3 * PAGE));
    SHOW(pwrite(fd, "z", 1, 2 * PAGE));
    SHOW(ftruncate(fd, PAGE + 10));
    SHOW(fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK));
    SHOW(ftruncate(fd, 10));
    SHOW(fcntl(fd, F_ADD_SEALS, F_SEAL_WRITE));
    MUST(munmap(a, 2 * PAGE));
    MUST(munmap(b, 2 * PAGE));
    SHOW(fcntl(fd, F_ADD_SEALS, F_SEAL_WRITE));
    SHOW(write(fd, "x", 1));
    SHOW(mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0));
    OK(mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0));
    SHOW(fcntl(fd, F_ADD_SEALS, F_SEAL_SEAL));
    SHOW(fcntl(fd, F_ADD_SEALS, F_SEAL_GROW));
    SHOW(fcntl(fd, F_GET_SEALS));
    int plain = (int)MUST(memfd_create("", 0));
    SHOW(fcntl(plain, F_GET_SEALS));
    SHOW(fcntl(plain, F_ADD_SEALS, F_SEAL_GROW));
    SHOW(fcntl(0, F_GET_SEALS));
    SHOW(memfd_create("x", 0x4000));
    SHOW(syscall(SYS_memfd_create, BAD, 0));
    char name[300];
    memset(name, 'n', sizeof name);
    name[249] = 0;
    OK(memfd_create(name, 0));
    name[249] = 'n';
    name[250] = 0;
    SHOW(memfd_create(name, 0));
    int program = (int)MUST(memfd_create("program", 0)), source = (int)MUST(open("/bin/true", O_RDONLY));
    for (ssize_t n; (n = read(source, name, sizeof name)) > 0;) { MUST(write(program, name, n)); }
    CHILD("run from a memfd", {
        char *argv[] = { "true", NULL };
        char *env[] = { NULL };
        fexecve(program, argv, env);
        _exit(1);
    });
    return 0;
}

// SPDX-License-Identifier: Apache-2.0
// A FUSE file system served by the test itself: what it tells is what others see.
// @identities root
#include "fuse.h"
#include <dirent.h>

static void show_mount(void)
{
    char line[4096];
    FILE *file = fopen("/proc/self/mounts", "re");
    while (fgets(line, sizeof line, file)) {
        if (strstr(line, " /tmp/m ")) { line[strcspn(line, "\n")] = 0; say("%s", line); }
    }
    fclose(file);
    struct statfs st;
    MUST(statfs("m", &st));
    say("type %lx blocks %lu free %lu avail %lu files %lu/%lu bsize %ld name %ld", (long)st.f_type,
        (long)st.f_blocks, (long)st.f_bfree, (long)st.f_bavail, (long)st.f_ffree, (long)st.f_files,
        (long)st.f_bsize, (long)st.f_namelen);
}

static void show_stat(const char *path)
{
    struct stat st;
    if (lstat(path, &st)) { say("%s: %s", path, err_name(errno)); return; }
    say("%s: ino %lu mode %o links %lu owner %u:%u size %ld blocks %ld mtime %ld.%09ld", path, st.st_ino,
        st.st_mode, st.st_nlink, st.st_uid, st.st_gid, st.st_size, st.st_blocks, st.st_mtim.tv_sec,
        st.st_mtim.tv_nsec);
}

static void show_list(const char *path)
{
    DIR *directory = opendir(path);
    if (!directory) { say("%s: %s", path, err_name(errno)); return; }
    char all[4096] = "";
    for (struct dirent *entry; (entry = readdir(directory));) {
        char one[300];
        snprintf(one, sizeof one, " %s(%lu,%d)", entry->d_name, entry->d_ino, entry->d_type);
        strcat(all, one);
    }
    say("%s:%s", path, all);
    closedir(directory);
}

static void files(void)
{
    char buffer[64] = "";
    int fd = (int)MUST(open("m/file", O_CREAT | O_EXCL | O_RDWR, 0640));
    SHOW(write(fd, "hello, daemon", 13));
    SHOW(pread(fd, buffer, 5, 7));
    say("read %.5s", buffer);
    SHOW(lseek(fd, 0, SEEK_END));
    SHOW(read(fd, buffer, sizeof buffer));
    SHOW(lseek(fd, 100, SEEK_SET));
    SHOW(write(fd, "x", 1));
    show_stat("m/file");
    SHOW(ftruncate(fd, 4));
    SHOW(fsync(fd));
    SHOW(fallocate(fd, 0, 0, 100));
    SHOW(lseek(fd, 0, SEEK_DATA));
    SHOW(lseek(fd, 0, SEEK_HOLE));
    SHOW(ioctl(fd, 0x5401, buffer));
    SHOW(close(fd));
    SHOW(open("m/file", O_CREAT | O_EXCL | O_RDWR, 0600));
    fd = (int)MUST(open("m/file", O_WRONLY | O_APPEND));
    SHOW(write(fd, "+end", 4));
    SHOW(read(fd, buffer, 1));
    close(fd);
    fd = (int)MUST(open("m/file", O_RDONLY));
    memset(buffer, 0, sizeof buffer);
    SHOW(read(fd, buffer, sizeof buffer));
    say("content %s", buffer);
    close(fd);
    fd = (int)MUST(open("m/file", O_RDWR | O_TRUNC));
    show_stat("m/file");
    close(fd);
    SHOW(open("m/none", O_RDONLY));
    SHOW(open("m/none/below", O_RDONLY | O_CREAT, 0600));
    SHOW(open("m/file/below", O_RDONLY));
}

static void big(void)
{
    enum { SIZE = 700001 };
    char *data = malloc(SIZE), *back = malloc(SIZE);
    for (int i = 0; i < SIZE; i++) { data[i] = (char)(i * 7 + i / 4096); }
    int fd = (int)MUST(open("m/big", O_CREAT | O_RDWR, 0600));
    SHOW(write(fd, data, SIZE));
    SHOW(pread(fd, back, SIZE, 0));
    say("same %d", memcmp(data, back, SIZE) == 0);
    char *map = mmap(NULL, SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0);
    say("mapped same %d", map != MAP_FAILED && memcmp(map, data, SIZE) == 0);
    map[5]++;
    SHOW(pread(fd, back, 10, 0));
    say("private %d", back[5] == data[5]);
    munmap(map, SIZE);
    close(fd);
    fd = (int)MUST(open("m/big", O_RDONLY));
    map = mmap(NULL, SIZE, PROT_READ, MAP_SHARED, fd, 0);
    say("shared same %d", map != MAP_FAILED && memcmp(map, data, SIZE) == 0);
    munmap(map, SIZE);
    close(fd);
    SHOW(unlink("m/big"));
    free(data);
    free(back);
}

static void names(void)
{
    SHOW(mkdir("m/dir", 0751));
    SHOW(mkdir("m/dir", 0751));
    SHOW(symlink("dir/sub", "m/link"));
    SHOW(mkdir("m/link", 0700));
    SHOW(mkdir("m/dir/sub", 0700));
    SHOW(mknod("m/link/fifo", S_IFIFO | 0600, 0));
    char target[64] = "";
    SHOW(readlink("m/link", target, sizeof target));
    say("link %s", target);
    show_list("m/link");
    SHOW(link("m/file", "m/dir/other"));
    show_stat("m/dir/other");
    SHOW(rename("m/file", "m/dir/sub/moved"));
    show_stat("m/file");
    show_stat("m/link/moved");
    SHOW(rename("m/dir", "m/dir/sub/below"));
    SHOW(renameat2(AT_FDCWD, "m/link", AT_FDCWD, "m/dir/other", RENAME_NOREPLACE));
    SHOW(rename("m/link", "m/dir/other"));
    show_list("m");
    show_list("m/dir");
    SHOW(rmdir("m/dir"));
    SHOW(unlink("m/dir"));
    SHOW(unlink("m/dir/other"));
    SHOW(rmdir("m/dir/sub/moved"));
    int fd = (int)MUST(open("m/dir/sub/moved", O_RDWR));
    SHOW(unlink("m/dir/sub/moved"));
    SHOW(write(fd, "still", 5));
    close(fd);
    SHOW(unlink("m/dir/sub/fifo"));
    SHOW(rmdir("m/dir/sub"));
    SHOW(rmdir("m/dir"));
    show_list("m");
}

static void changes(void)
{
    close((int)MUST(open("m/set", O_CREAT | O_WRONLY, 0644)));
    SHOW(chmod("m/set", 04711));
    SHOW(chown("m/set", 33, 44));
    struct timespec times[2] = { { 1, 2 }, { 3, 4 } };
    SHOW(utimensat(AT_FDCWD, "m/set", times, 0));
    SHOW(truncate("m/set", 9000));
    show_stat("m/set");
    SHOW(access("m/set", R_OK | W_OK));
    char value[64];
    SHOW(setxattr("m/set", "user.one", "value", 5, 0));
    SHOW(getxattr("m/set", "user.one", NULL, 0));
    SHOW(getxattr("m/set", "user.one", value, 2));
    SHOW(getxattr("m/set", "user.one", value, sizeof value));
    SHOW(getxattr("m/set", "user.two", value, sizeof value));
    SHOW(listxattr("m/set", value, sizeof value));
    SHOW(removexattr("m/set", "user.one"));
    SHOW(removexattr("m/set", "user.one"));
    SHOW(unlink("m/set"));
}

int main(void)
{
    own_tmpfs();
    MUST(mkdir("m", 0700));
    for (valid_seconds = 0; valid_seconds <= 1000; valid_seconds += 1000) {
        pid_t daemon = begin("m", valid_seconds ? ",default_permissions,allow_other" : "");
        show_mount();
        show_stat("m");
        files();
        big();
        names();
        changes();
        end("m", daemon);
        show_stat("m/file");
    }
    return 0;
}

// SPDX-License-Identifier: Apache-2.0
// /tmp: sticky and open to all, temporary files and directories, rename across directories, hard links, EXDEV
// to the root.
// @places overlay,layer,volume,tmpfs
#include "t.h"

int main(void)
{
    struct stat s;
    SHOW(stat("/tmp", &s));
    say("mode %o", s.st_mode);
    char directory[] = "/tmp/moat-dir-XXXXXX", path[200], other[200];
    say("mkdtemp %d", mkdtemp(directory) != NULL);
    snprintf(path, sizeof path, "%s/file", directory);
    snprintf(other, sizeof other, "%s/other", directory);
    put_file(path, "content", 0640);
    SHOW(stat(path, &s));
    say("mode %o size %ld mine %d", s.st_mode, (long)s.st_size, s.st_uid == getuid());
    SHOW(link(path, other));
    SHOW(rename(path, other));
    SHOW(unlink(path));
    SHOW(symlink("file", path) == -1 && errno == EEXIST ? 0 : 1);
    SHOW(unlink(other));
    char name[] = "/tmp/moat-file-XXXXXX";
    int fd = (int)MUST(mkstemp(name));
    SHOW(write(fd, "text", 4));
    SHOW(unlink(name));
    SHOW(lseek(fd, 0, SEEK_END));
    FILE *file = tmpfile();
    say("tmpfile %d", file != NULL && fputs("x", file) >= 0 && fflush(file) == 0);
    MUST(unlink(path) == -1 && errno != ENOENT ? -1 : 0);
    SHOW(rmdir(directory));
    SHOW(access("/tmp/../tmp/./", W_OK));
    SHOW(access("/dev/shm", W_OK));
    return 0;
}

// SPDX-License-Identifier: Apache-2.0
// /proc/*/fd and map_files of every process: no descriptor of the sandbox's own machinery, and none that opens anew what
// was only given to look at.
#include "escape.h"
#include <dirent.h>

int main(int argc, char **argv)
{
    (void)argc;
    begin(argv);
    int base = (int)MUST(open(".", O_PATH | O_DIRECTORY)), file = (int)MUST(open("file", O_RDONLY));
    int seen = 0, escaped = 0, directories = 0;
    DIR *proc = opendir("/proc");
    MUST(proc ? 0 : -1);
    for (struct dirent *entry; (entry = readdir(proc)) != NULL;) {
        int pid = atoi(entry->d_name);
        for (int fd = 0; pid > 0 && fd < 1100; fd++) {
            struct stat st;
            char *name = path("/proc/%d/fd/%d", pid, fd);
            if (stat(name, &st) != 0) { continue; }
            seen++;
            directories += S_ISDIR(st.st_mode);
            escaped += strcmp(content(open(path("%s/../outside/secret", name), O_RDONLY)), "ESCAPED") == 0;
            escaped += strcmp(content(open(path("%s/../../outside/secret", name), O_RDONLY)), "ESCAPED") == 0;
            escaped += strcmp(content(open(path("%s%s/secret", name, outside), O_RDONLY)), "ESCAPED") == 0;
        }
    }
    closedir(proc);
    // The three streams, the directory and the file that were opened here, and the listing.
    say("seen %d, directories %d, escaped %d", seen, directories, escaped);
    for (int fd = 6; fd < 1100; fd++) { escaped += fcntl(fd, F_GETFD) != -1; }
    say("open here that was not opened: %d", escaped);
    // Opened anew for writing: as the tree allows, not more.
    int again = open(path("/proc/self/fd/%d", file), O_RDWR);
    say("again to write: %s", again < 0 ? err_name(errno) : "opened");
    close(again);
    again = open(path("/proc/self/fd/%d", base), O_RDONLY | O_DIRECTORY);
    say("directory again: %s", again < 0 ? err_name(errno) : "opened");
    close(again);
    SHOW(truncate(path("/proc/self/fd/%d", base), 0));
    SHOW(access(path("/proc/self/fd/%d/../../outside", base), F_OK));
    SHOW(access("/proc/self/fd/../../../outside", F_OK));
    SHOW(unlink(path("/proc/self/fd/%d", file)) == 0);
    SHOW(symlink("/", "/proc/self/fd/100"));
    SHOW(access("/proc/self/fd/-1", F_OK));
    SHOW(access("/proc/self/fd/4294967299", F_OK));
    SHOW(access("/proc/self/fd/03", F_OK));
    SHOW(access("/proc/0/fd", F_OK));
    return 0;
}

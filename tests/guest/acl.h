// SPDX-License-Identifier: Apache-2.0
// POSIX ACLs as the extended attributes that acl(5) describes: made from text like "u::rwx u:1000:r-- g::r-- m::r-- o::---".
#ifndef ACL_H
#define ACL_H
#include "own_tmpfs.h"
#include <grp.h>
#include <sys/xattr.h>

#define ACCESS "system.posix_acl_access"
#define DEFAULT "system.posix_acl_default"

typedef struct { uint16_t tag, perm; uint32_t id; } Entry;
typedef struct { uint32_t version; Entry entries[64]; } Blob;

__attribute__((unused)) static size_t blob(Blob *acl, const char *text)
{
    char copy[1024];
    int n = 0;
    acl->version = 2;
    snprintf(copy, sizeof copy, "%s", text);
    for (char *word = strtok(copy, " "); word; word = strtok(NULL, " ")) {
        char *id = strchr(word, ':') + 1, *perm = strchr(id, ':') + 1;
        int named = *id != ':';
        Entry *entry = &acl->entries[n++];
        entry->tag = *word == 'u' ? named ? 2 : 1 : *word == 'g' ? named ? 8 : 4 : *word == 'm' ? 0x10 : 0x20;
        entry->id = named ? (uint32_t)strtoul(id, NULL, 10) : UINT32_MAX;
        entry->perm = (perm[0] == 'r' ? 4 : 0) | (perm[1] == 'w' ? 2 : 0) | (perm[2] == 'x' ? 1 : 0);
    }
    return 4 + n * sizeof(Entry);
}

__attribute__((unused)) static int set_acl(const char *path, const char *which, const char *text)
{
    Blob acl;
    size_t size = blob(&acl, text);
    return setxattr(path, which, &acl, size, 0);
}

// What is there, and the mode.
__attribute__((unused)) static void show_acl(const char *path)
{
    static const char *const names[] = {ACCESS, DEFAULT};
    char line[1024];
    struct stat st;
    int n = 0;
    if (lstat(path, &st) == -1) { say("%s: %s", path, err_name(errno)); return; }
    n = snprintf(line, sizeof line, "%s: %04o", path, st.st_mode & 07777);
    for (int i = 0; i < 2; i++) {
        Blob acl;
        ssize_t size = getxattr(path, names[i], &acl, sizeof acl);
        n += snprintf(line + n, sizeof line - n, " %s", i == 0 ? "access" : "default");
        if (size < 0) { n += snprintf(line + n, sizeof line - n, " %s", err_name(errno)); continue; }
        for (int j = 0; j < (int)((size - 4) / sizeof(Entry)); j++) {
            Entry *e = &acl.entries[j];
            const char *tag = e->tag == 1 || e->tag == 2 ? "u" : e->tag == 4 || e->tag == 8 ? "g" : e->tag == 0x10 ? "m" : "o";
            n += snprintf(line + n, sizeof line - n, " %s:", tag);
            if (e->id != UINT32_MAX || e->tag == 2 || e->tag == 8) { n += snprintf(line + n, sizeof line - n, "%d", (int)e->id); }
            n += snprintf(line + n, sizeof line - n, ":%c%c%c", e->perm & 4 ? 'r' : '-', e->perm & 2 ? 'w' : '-',
                e->perm & 1 ? 'x' : '-');
        }
    }
    say("%s", line);
}

__attribute__((unused)) static void make_file(const char *path, mode_t mode)
{
    unlink(path);
    int fd = (int)MUST(open(path, O_CREAT | O_WRONLY, 0600));
    MUST(fchmod(fd, mode));
    close(fd);
}

__attribute__((unused)) static void list_names(const char *path)
{
    char names[1024];
    ssize_t n = listxattr(path, names, sizeof names);
    say("%s lists %zd bytes", path, n);
    for (ssize_t at = 0; at < n; at += strlen(names + at) + 1) { say("  %s", names + at); }
}
#endif

// SPDX-License-Identifier: Apache-2.0
// What execve(2) leaves on the stack: argv, environ, the auxiliary vector's keys and the values that can be
// checked.
// @variants static,dynamic
// @args one "" three=3 -4
#include "t.h"
#include <elf.h>
#include <sys/auxv.h>

extern char **environ;

int main(int argc, char **argv)
{
    say("argc %d", argc);
    for (int i = 1; i < argc; i++) { say("argv[%d] = '%s'", i, argv[i]); }
    say("argv[argc] %s", argv[argc] ? "set" : "null");
    say("argv[0] ends in the program's name: %d", strstr(argv[0], "args_env_auxv") != NULL);
    int count = 0;
    for (char **e = environ; *e; e++) { count++; }
    say("environment %d, LC_ALL=%s, UNSET=%s", count, getenv("LC_ALL"), getenv("UNSET") ? "set" : "null");
    say("PAGESZ %lu CLKTCK %lu SECURE %lu", getauxval(AT_PAGESZ), getauxval(AT_CLKTCK), getauxval(AT_SECURE));
    say("uid %d euid %d gid %d egid %d", getauxval(AT_UID) == getuid(), getauxval(AT_EUID) == geteuid(),
        getauxval(AT_GID) == getgid(), getauxval(AT_EGID) == getegid());
    say("PHENT %lu PHNUM > 3: %d", getauxval(AT_PHENT), getauxval(AT_PHNUM) > 3);
    say("PLATFORM %s", (char *)getauxval(AT_PLATFORM));
    say("EXECFN is argv[0]: %d", strcmp((char *)getauxval(AT_EXECFN), argv[0]) == 0);
    const Elf64_Phdr *headers = (const Elf64_Phdr *)getauxval(AT_PHDR);
    int loads = 0;
    for (unsigned long i = 0; i < getauxval(AT_PHNUM); i++) { loads += headers[i].p_type == PT_LOAD; }
    say("PHDR readable, loads > 1: %d", loads > 1);
    const unsigned char *random = (const unsigned char *)getauxval(AT_RANDOM);
    int all = 0;
    for (int i = 0; i < 16; i++) { all |= random[i]; }
    say("RANDOM is there %d", all != 0);
    say("ENTRY %d HWCAP %d HWCAP2 readable", getauxval(AT_ENTRY) != 0, getauxval(AT_HWCAP) != 0);
    const unsigned char *vdso = (const unsigned char *)getauxval(AT_SYSINFO_EHDR);
    say("vDSO %d", vdso != NULL && memcmp(vdso, ELFMAG, SELFMAG) == 0);
    say("stack aligned %d", ((uintptr_t)__builtin_frame_address(0) & 15) == 0);
    return 0;
}

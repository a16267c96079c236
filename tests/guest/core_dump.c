// SPDX-License-Identifier: Apache-2.0
// Core files (core(5)): when they are written, what they hold, what the wait status says.
// @places overlay,layer,volume,tmpfs
#include "t.h"
#include <elf.h>
#include <sys/prctl.h>
#include <sys/procfs.h>

static volatile unsigned long marker = 0x1122334455667788;
static char *secret;
static char *image;
static long image_size;

static void limit_core(rlim_t soft)
{
    struct rlimit limit = { soft, RLIM_INFINITY };
    MUST(getrlimit(RLIMIT_CORE, &limit));
    limit.rlim_cur = soft;
    MUST(setrlimit(RLIMIT_CORE, &limit));
}

// The memory at an address, as the core file has it; NULL where it has none.
static void *in_core(unsigned long address)
{
    Elf64_Ehdr *head = (void *)image;
    Elf64_Phdr *segments = (void *)(image + head->e_phoff);
    for (int i = 0; i < head->e_phnum; i++) {
        Elf64_Phdr *s = &segments[i];
        if (s->p_type == PT_LOAD && address >= s->p_vaddr && address < s->p_vaddr + s->p_filesz
            && s->p_offset + (address - s->p_vaddr) < (unsigned long)image_size) {
            return image + s->p_offset + (address - s->p_vaddr);
        }
    }
    return NULL;
}

static void show_notes(void)
{
    Elf64_Ehdr *head = (void *)image;
    Elf64_Phdr *notes = (void *)(image + head->e_phoff);
    int threads = 0, floats = 0, same = 0;
    say("type %d machine %d first segment %d", head->e_type, head->e_machine, notes->p_type == PT_NOTE);
    for (size_t at = 0; at < notes->p_filesz;) {
        Elf64_Nhdr *note = (void *)(image + notes->p_offset + at);
        char *body = (char *)(note + 1) + ((note->n_namesz + 3) & ~3u);
        at += sizeof *note + ((note->n_namesz + 3) & ~3u) + ((note->n_descsz + 3) & ~3u);
        if (note->n_type == NT_PRSTATUS) {
            struct elf_prstatus *status = (void *)body;
            same += status->pr_cursig == status->pr_info.si_signo && status->pr_cursig != 0;
            if (threads++ == 0) {
                say("NT_PRSTATUS size %u signal %d cursig %d valid %d rsp in core %d", note->n_descsz,
                    status->pr_info.si_signo, status->pr_cursig, status->pr_fpvalid,
                    in_core(((struct user_regs_struct *)status->pr_reg)->rsp) != NULL);
            }
        } else if (note->n_type == NT_PRPSINFO) {
            struct elf_prpsinfo *info = (void *)body;
            say("NT_PRPSINFO size %u name %s", note->n_descsz, info->pr_fname);
        } else if (note->n_type == NT_SIGINFO) {
            siginfo_t *info = (void *)body;
            say("NT_SIGINFO signal %d code %d", info->si_signo, info->si_code);
        } else if (note->n_type == NT_AUXV) {
            say("NT_AUXV");
        } else if (note->n_type == NT_FILE) {
            say("NT_FILE page size %lu some %d", ((unsigned long *)body)[1], *(unsigned long *)body > 0);
        } else if (note->n_type == NT_FPREGSET) {
            floats++;
        }
    }
    say("threads %d with vectors %d with the signal %d", threads, floats, same);
    unsigned long *there = in_core((unsigned long)&marker);
    say("marker %d", there != NULL && *there == marker + 1);
    say("kept out: %d", in_core((unsigned long)secret) == NULL);
}

static void show_core(const char *path)
{
    struct stat status;
    if (lstat(path, &status) != 0) {
        say("%s: %s", path, err_name(errno));
        return;
    }
    say("%s: mode %o", path, status.st_mode);
    if (S_ISREG(status.st_mode) && status.st_size > 0) {
        int fd = (int)MUST(open(path, O_RDONLY));
        image_size = status.st_size;
        image = MUSTP(mmap(NULL, image_size, PROT_READ, MAP_PRIVATE, fd, 0));
        close(fd);
        show_notes();
        munmap(image, image_size);
    }
    MUST(unlink(path));
}

static void *spin(void *unused)
{
    (void)unused;
    for (volatile long n = 0;; n++) { }
    return NULL;
}

static void *wait_long(void *unused)
{
    (void)unused;
    for (;;) { pause(); }
    return NULL;
}

static void prepare(void)
{
    prctl(PR_SET_NAME, "dumper");
    marker++;
    MUST(madvise(secret, PAGE, MADV_DONTDUMP));
}

static void with_threads(void)
{
    prepare();
    pthread_t t;
    pthread_create(&t, NULL, spin, NULL);
    pthread_create(&t, NULL, wait_long, NULL);
    sleep_ms(50);
    *(volatile int *)BAD = 1;
}

static void undumpable(void) { MUST(prctl(PR_SET_DUMPABLE, 0)); abort(); }
static void quit(void) { prepare(); raise(SIGQUIT); }
static void term(void) { raise(SIGTERM); }
static void small(void) { limit_core(4096); abort(); }
static void none(void) { limit_core(0); abort(); }
static void tiny(void) { limit_core(4095); abort(); }

static void without_memory(void)
{
    prepare();
    int fd = (int)MUST(open("/proc/self/coredump_filter", O_WRONLY));
    MUST(write(fd, "0", 1));
    abort();
}

static void run(const char *what, void (*body)(void))
{
    pid_t child = (pid_t)MUST(fork());
    if (child == 0) {
        body();
        _exit(0);
    }
    int status;
    MUST(waitpid(child, &status, 0));
    say("%s: signal %d core %d", what, WTERMSIG(status), WCOREDUMP(status) != 0);
}

static void show_filter(const char *text)
{
    int fd = (int)MUST(open("/proc/self/coredump_filter", O_RDWR));
    if (text != NULL) { say("%s:", text); SHOW(write(fd, text, strlen(text))); }
    char now[32] = "";
    MUST(pread(fd, now, sizeof now - 1, 0));
    say("filter %s", now);
    close(fd);
}

int main(void)
{
    char pattern[256] = "";
    int fd = (int)MUST(open("/proc/sys/kernel/core_pattern", O_RDONLY));
    MUST(read(fd, pattern, sizeof pattern - 1));
    say("pattern %s", pattern);
    secret = MUSTP(mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
    *secret = 1;
    umask(022);
    limit_core(RLIM_INFINITY);
    run("threads", with_threads);
    show_core("core");
    run("quit", quit);
    show_core("core");
    run("term", term);
    show_core("core");
    run("not dumpable", undumpable);
    show_core("core");
    run("no limit to speak of", none);
    show_core("core");
    run("less than a page", tiny);
    show_core("core");
    run("a page", small);
    struct stat status;
    say("a page: size %d", stat("core", &status) == 0 && status.st_size <= 4096);
    unlink("core");
    run("nothing but notes", without_memory);
    MUST(stat("core", &status));
    say("nothing but notes: small %d", status.st_size < 100000);
    unlink("core");

    MUST(symlink("elsewhere", "core"));
    run("a symbolic link", quit);
    show_core("core");
    show_core("elsewhere");
    put_file("core", "old", 0600);
    MUST(link("core", "other"));
    run("a second name", quit);
    show_core("core");
    show_core("other");
    put_file("core", "old", 0644);
    run("readable by others", quit);
    show_core("core");
    MUST(mkdir("core", 0700));
    run("a directory", quit);
    MUST(rmdir("core"));

    show_filter(NULL);
    show_filter("0x7f");
    show_filter("21");
    show_filter("010");
    show_filter("08");
    show_filter("0x");
    show_filter("99999999999");
    show_filter("");
    show_filter("zz");
    show_filter("-1");
    show_filter("4096");
    return 0;
}

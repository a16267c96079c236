// SPDX-License-Identifier: Apache-2.0
// Bring-up without libc: write to closed and wrong descriptors and bad addresses, unknown numbers, brk, an
// anonymous page.
// @flags -nostdlib -static -fno-stack-protector -fno-builtin
// @variants plain
static long call6(long number, long a, long b, long c, long d, long e, long f)
{
    long result;
    register long r10 __asm__("r10") = d;
    register long r8 __asm__("r8") = e;
    register long r9 __asm__("r9") = f;
    __asm__ volatile("syscall"
                     : "=a"(result)
                     : "a"(number), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8), "r"(r9)
                     : "rcx", "r11", "memory");
    return result;
}

static void number(const char *what, long value)
{
    char text[80];
    int n = 0;
    while (what[n]) {
        text[n] = what[n];
        n++;
    }
    text[n++] = ' ';
    if (value < 0) {
        text[n++] = '-';
        value = -value;
    }
    char digits[24];
    int k = 0;
    do {
        digits[k++] = '0' + value % 10;
        value /= 10;
    } while (value);
    while (k) { text[n++] = digits[--k]; }
    text[n++] = '\n';
    call6(1, 1, (long)text, n, 0, 0, 0);
}

__attribute__((force_align_arg_pointer)) void _start(void)
{
    number("write closed", call6(1, 77, (long)"x", 1, 0, 0, 0));
    number("write bad address", call6(1, 1, 1, 5, 0, 0, 0));
    number("write nothing", call6(1, 1, 1, 0, 0, 0, 0));
    number("write fd -1", call6(1, -1, (long)"x", 1, 0, 0, 0));
    number("number 999", call6(999, 0, 0, 0, 0, 0, 0));
    number("number -1", call6(-1, 0, 0, 0, 0, 0, 0));
    long end = call6(12, 0, 0, 0, 0, 0, 0);
    number("brk grows", call6(12, end + 65536, 0, 0, 0, 0, 0) - end);
    ((volatile char *)end)[65535] = 7;
    number("brk memory", ((volatile char *)end)[65535] + ((volatile char *)end)[1]);
    long page = call6(9, 0, 4096, 3, 0x22, -1, 0);
    number("mmap page offset", page & 4095);
    *(volatile long *)page = 42;
    number("mmap memory", *(volatile long *)page + ((volatile long *)page)[1]);
    number("munmap", call6(11, page, 4096, 0, 0, 0, 0));
    number("getppid > 0", call6(110, 0, 0, 0, 0, 0, 0) >= 0);
    number("close bad", call6(3, 77, 0, 0, 0, 0, 0));
    call6(60, 42, 0, 0, 0, 0, 0);
    for (;;) {}
}

// SPDX-License-Identifier: Apache-2.0
// Pseudo-terminals: line editing, echo, signals, settings in all three structures, packet mode, exclusive use,
// flow control, flushing, window sizes, hang-up.
#include "t.h"
#include <asm/ioctls.h>
#include <asm/termbits.h>
#include <sys/ioctl.h>

struct old_termio { unsigned short c_iflag, c_oflag, c_cflag, c_lflag; unsigned char c_line, c_cc[8]; };

static int master, slave, packet_mode;

// What arrives until nothing comes for a while: the line discipline works in its own time.
static void show(const char *what, int fd)
{
    char data[500], text[1000] = "", one[8];
    struct pollfd state = { fd, POLLIN, 0 };
    while (poll(&state, 1, 80) == 1 && (state.revents & POLLIN)) {
        ssize_t n = read(fd, data, sizeof data);
        if (n <= 0) {
            strcat(text, n ? "<error>" : "<end>");
            break;
        }
        for (ssize_t i = 0; i < n; i++) {
            snprintf(one, sizeof one, data[i] < ' ' || data[i] > '~' ? "\\%02x" : "%c", data[i] & 255);
            strcat(text, one);
        }
        strcat(text, packet_mode ? "|" : "");
    }
    say("%s: %s", what, text);
}

static void type(const char *text) { MUST(write(master, text, strlen(text))); }

static struct termios modes(void)
{
    struct termios t;
    MUST(ioctl(slave, TCGETS, &t));
    return t;
}

static void set(unsigned iflag, unsigned oflag, unsigned lflag)
{
    struct termios t = modes();
    t.c_iflag = iflag;
    t.c_oflag = oflag;
    t.c_lflag = lflag;
    MUST(ioctl(slave, TCSETS, &t));
}

static void editing(void)
{
    type("one\n");
    show("slave", slave);
    show("echo", master);
    type("abc\177d\n");
    show("erase", slave);
    show("echo", master);
    type("kill me\025ok\n");
    show("kill", slave);
    show("echo", master);
    type("two words\027x\n");
    show("word erase", slave);
    show("echo", master);
    type("\026\003lit\n");
    show("literal", slave);
    show("echo", master);
    type("part\004");
    show("end in a line", slave);
    type("\004");
    char c;
    SHOW(read(slave, &c, 1));
    show("echo", master);
    type("reprint\022\n");
    show("reprint", slave);
    show("echo", master);
    type("cr\r");
    show("cr", slave);
    show("echo", master);
    MUST(write(slave, "a\nb\tc", 5));
    show("output", master);
    set(0, 0, ICANON | ECHO | ECHONL);
    type("x\r\n");
    show("no mapping", slave);
    show("echo", master);
    set(INLCR, OPOST | OCRNL | ONLRET, ICANON | ECHO);
    type("y\n");
    sleep_ms(50);
    MUST(write(slave, "a\rb\n", 4));
    show("mapped output", master);
    set(IGNCR | ICRNL, 0, ICANON);
    type("z\rz\n");
    show("ignored cr", slave);
    set(ISTRIP, 0, 0);
    type("\xe1");
    show("raw, stripped", slave);
    show("no echo", master);
    int count;
    type("12345");
    sleep_ms(50);
    SHOW(ioctl(slave, FIONREAD, &count));
    say("%d", count);
    SHOW(ioctl(slave, TCFLSH, TCIFLUSH));
    SHOW(ioctl(slave, FIONREAD, &count));
    say("%d", count);
    SHOW(ioctl(slave, TCFLSH, 3));
}

static void settings(void)
{
    struct termios t = modes();
    struct old_termio o;
    struct termios2 two;
    memset(&o, 0, sizeof o);
    SHOW(ioctl(slave, TCGETA, &o));
    say("termio %x %x %x %x %d", o.c_iflag, o.c_oflag, o.c_cflag, o.c_lflag, o.c_line);
    for (int i = 0; i < 8; i++) { say("cc %d", o.c_cc[i] == t.c_cc[i]); }
    t.c_iflag |= 0x10000 | IUTF8;
    SHOW(ioctl(slave, TCSETS, &t));
    o.c_iflag = IXON;
    o.c_lflag = ICANON | ISIG;
    o.c_cc[VINTR] = 1;
    SHOW(ioctl(slave, TCSETAW, &o));
    t = modes();
    say("after termio %x %x %x %x, intr %d, susp %d", t.c_iflag, t.c_oflag, t.c_cflag, t.c_lflag, t.c_cc[VINTR],
        t.c_cc[VSUSP]);
    SHOW(ioctl(slave, TCSETA, &o));
    SHOW(ioctl(slave, TCSETAF, &o));
    SHOW(ioctl(slave, TCGETS2, &two));
    say("termios2 %x %x %x %x, speeds %u %u", two.c_iflag, two.c_oflag, two.c_cflag, two.c_lflag, two.c_ispeed,
        two.c_ospeed);
    two.c_cflag = (two.c_cflag & ~CBAUD) | B9600 | CS5 | PARENB | CSTOPB;
    SHOW(ioctl(slave, TCSETS2, &two));
    SHOW(ioctl(slave, TCGETS2, &two));
    say("9600: %x %u %u", two.c_cflag, two.c_ispeed, two.c_ospeed);
    two.c_cflag = (two.c_cflag & ~CBAUD) | BOTHER;
    two.c_ispeed = two.c_ospeed = 12345;
    SHOW(ioctl(slave, TCSETSW2, &two));
    SHOW(ioctl(slave, TCGETS2, &two));
    say("12345: %x %u %u", two.c_cflag, two.c_ispeed, two.c_ospeed);
    two.c_cflag = (two.c_cflag & ~CBAUD) | B38400;
    SHOW(ioctl(slave, TCSETSF2, &two));
    SHOW(ioctl(master, TCGETS2, &two));
    say("of the master: %x %x %u", two.c_cflag, two.c_lflag, two.c_ispeed);
    struct termios locks, wanted;
    memset(&locks, 0xff, sizeof locks);
    SHOW(ioctl(slave, TIOCGLCKTRMIOS, &locks));
    say("locked %x %x %x %x %d", locks.c_iflag, locks.c_oflag, locks.c_cflag, locks.c_lflag, locks.c_cc[VEOF]);
    locks.c_lflag = ECHO | ISIG;
    locks.c_cc[VEOF] = 1;
    if (geteuid() != 0) { SHOW(ioctl(slave, TIOCSLCKTRMIOS, &locks)); }
    if (geteuid() == 0) { MUST(ioctl(slave, TIOCSLCKTRMIOS, &locks)); }
    t = wanted = modes();
    wanted.c_lflag ^= ECHO | ICANON;
    wanted.c_cc[VEOF] = 7;
    wanted.c_cc[VERASE] = 9;
    MUST(ioctl(slave, TCSETS, &wanted));
    wanted = modes();
    say("kept %d %d", (wanted.c_lflag & ECHO) == (t.c_lflag & ECHO), wanted.c_cc[VEOF] == t.c_cc[VEOF]);
    say("changed %d %d", (wanted.c_lflag & ICANON) != (t.c_lflag & ICANON), wanted.c_cc[VERASE]);
    memset(&locks, 0, sizeof locks);
    if (geteuid() == 0) { MUST(ioctl(slave, TIOCSLCKTRMIOS, &locks)); }
    MUST(ioctl(slave, TCSETS, &t));
    SHOW(ioctl(slave, TCGETS, BAD));
    SHOW(ioctl(slave, TCSETA, BAD));
    SHOW(ioctl(slave, TCSETS2, BAD));
    SHOW(ioctl(slave, TCSBRK, 1));
    int number = 77;
    SHOW(ioctl(slave, TIOCGETD, &number));
    say("discipline %d", number);
    SHOW(ioctl(slave, TIOCOUTQ, &number));
    say("queue %d", number);
}

static void sizes(void)
{
    struct winsize w = { 1, 2, 3, 4 };
    SHOW(ioctl(slave, TIOCGWINSZ, &w));
    say("%d %d %d %d", w.ws_row, w.ws_col, w.ws_xpixel, w.ws_ypixel);
    w.ws_row = 50;
    SHOW(ioctl(slave, TIOCSWINSZ, &w));
    memset(&w, 0, sizeof w);
    SHOW(ioctl(master, TIOCGWINSZ, &w));
    say("%d %d %d %d", w.ws_row, w.ws_col, w.ws_xpixel, w.ws_ypixel);
    SHOW(ioctl(slave, TIOCSWINSZ, BAD));
}

static void packets(void)
{
    int on = 1;
    SHOW(ioctl(slave, TIOCPKT, &on));
    SHOW(ioctl(master, TIOCGPKT, &on));
    say("packet mode %d", on);
    on = 1;
    SHOW(ioctl(master, TIOCPKT, &on));
    packet_mode = 1;
    SHOW(ioctl(master, TIOCPKT, BAD));
    SHOW(ioctl(master, TIOCGPKT, &on));
    say("packet mode %d", on);
    set(ICRNL | IXON, OPOST | ONLCR, ICANON | ISIG);
    show("set", master);
    MUST(write(slave, "hi\n", 3));
    show("data", master);
    set(ICRNL, OPOST | ONLCR, ICANON | ISIG);
    struct pollfd state = { master, POLLIN | POLLPRI, 0 };
    SHOW(poll(&state, 1, 100));
    say("events %x", state.revents);
    show("no flow control", master);
    set(ICRNL | IXON, OPOST | ONLCR, ICANON | ISIG);
    show("flow control", master);
    SHOW(ioctl(slave, TCFLSH, TCIFLUSH));
    show("input flushed", master);
    SHOW(ioctl(slave, TCFLSH, TCIOFLUSH));
    show("both flushed", master);
    SHOW(ioctl(slave, TCXONC, TCOOFF));
    SHOW(ioctl(slave, TCXONC, TCOON));
    show("stopped, started", master);
    char one;
    MUST(write(slave, "abc", 3));
    SHOW(read(master, &one, 1));
    say("%d", one);
    show("the rest", master);
    on = 0;
    packet_mode = 0;
    SHOW(ioctl(master, TIOCPKT, &on));
    MUST(write(slave, "abc", 3));
    show("plain", master);
}

static void exclusive(const char *path)
{
    int value = 5;
    SHOW(ioctl(slave, TIOCGEXCL, &value));
    say("%d", value);
    SHOW(ioctl(slave, TIOCEXCL));
    SHOW(ioctl(slave, TIOCGEXCL, &value));
    say("%d", value);
    int fd = open(path, O_RDWR | O_NOCTTY);
    say("open %s", fd >= 0 ? geteuid() ? "!" : "as root" : geteuid() ? err_name(errno) : "!");
    close(fd);
    SHOW(ioctl(slave, TIOCNXCL));
    fd = open(path, O_RDWR | O_NOCTTY);
    say("open %d", fd >= 0);
    close(fd);
}

static volatile int caught;

static void note(int signal) { caught = signal; }

static void session(const char *path)
{
    MUST(setsid());
    int fd = (int)MUST(open(path, O_RDWR));
    pid_t group = 0;
    SHOW(ioctl(fd, TIOCGPGRP, &group));
    say("own %d", group == getpid());
    SHOW(ioctl(fd, TIOCGSID, &group));
    say("own %d", group == getpid());
    struct sigaction action = { .sa_handler = note };
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGQUIT, &action, NULL);
    sigaction(SIGTSTP, &action, NULL);
    sigaction(SIGWINCH, &action, NULL);
    sigaction(SIGHUP, &action, NULL);
    set(ICRNL, OPOST | ONLCR, ICANON | ISIG | ECHO | ECHOCTL);
    const char *keys[] = { "\003", "\034", "\032" };
    for (int i = 0; i < 3; i++) {
        caught = 0;
        type(keys[i]);
        for (int tries = 0; tries < 200 && !caught; tries++) { sleep_ms(5); }
        say("signal %d", caught);
    }
    show("echo", master);
    caught = 0;
    MUST(ioctl(master, TIOCSWINSZ, &(struct winsize){ 33, 44, 0, 0 }));
    for (int tries = 0; tries < 200 && !caught; tries++) { sleep_ms(5); }
    say("signal %d", caught);
    SHOW(ioctl(fd, TIOCSPGRP, &(pid_t){ 4000000 }));
    SHOW(ioctl(fd, TIOCSPGRP, &(pid_t){ -1 }));
    type("typed");
    show("echo", master);
    set(ICRNL, OPOST | ONLCR, ICANON | ISIG | NOFLSH);
    type("\003more\n");
    show("after NOFLSH", fd);
    SHOW(ioctl(fd, TIOCNOTTY));
    SHOW(open("/dev/tty", O_RDWR));
    SHOW(ioctl(fd, TIOCGPGRP, &group));
    SHOW(ioctl(fd, TIOCSCTTY, 0));
    caught = 0;
    close(master);
    for (int tries = 0; tries < 200 && !caught; tries++) { sleep_ms(5); }
    say("hang-up %d", caught == SIGHUP);
}

static void open_pair(char *path)
{
    int zero = 0, number;
    master = (int)MUST(open("/dev/ptmx", O_RDWR | O_NOCTTY));
    MUST(ioctl(master, TIOCGPTN, &number));
    snprintf(path, 40, "/dev/pts/%d", number);
    SHOW(open(path, O_RDWR | O_NOCTTY));
    MUST(ioctl(master, TIOCSPTLCK, &zero));
    SHOW(ioctl(master, TIOCGPTLCK, &zero));
    slave = (int)MUST(open(path, O_RDWR | O_NOCTTY));
}

int main(void)
{
    char path[40];
    open_pair(path);
    struct termios first = modes();
    say("new: %x %x %x %x", first.c_iflag, first.c_oflag, first.c_cflag, first.c_lflag);
    editing();
    MUST(ioctl(slave, TCSETS, &first));
    settings();
    MUST(ioctl(slave, TCSETS, &first));
    sizes();
    packets();
    exclusive(path);
    CHILD("session", session(path));
    int peer = (int)MUST(ioctl(master, TIOCGPTPEER, O_RDWR | O_NOCTTY));
    MUST(write(peer, "peer", 4));
    show("from the peer", master);
    close(peer);
    close(slave);
    char c;
    struct pollfd state = { master, POLLIN, 0 };
    SHOW(poll(&state, 1, 500));
    say("events %x", state.revents);
    SHOW(read(master, &c, 1));
    close(master);
    open_pair(path);
    close(master);
    state.fd = slave;
    SHOW(poll(&state, 1, 500));
    say("events %x", state.revents);
    SHOW(read(slave, &c, 1));
    SHOW(write(slave, "x", 1));
    SHOW(ioctl(slave, TCGETS, &first));
    SHOW(open(path, O_RDWR));
    return 0;
}

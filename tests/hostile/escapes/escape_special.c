// SPDX-License-Identifier: Apache-2.0
// FIFOs and sockets that the host has put into the tree: names that lead to nobody of the host, who listens there.
// @host no
#include "escape.h"
#include <sys/socket.h>
#include <sys/un.h>

static int connects(const char *name, int type)
{
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    strcpy(address.sun_path, name);
    int fd = (int)MUST(socket(AF_UNIX, type, 0));
    int result = connect(fd, (struct sockaddr *)&address, sizeof address);
    if (result == 0) { say("ESCAPED: %s", name); }
    errno = result == 0 ? 0 : errno;
    close(fd);
    return result;
}

#define EXPECT(call, error) \
    do { \
        errno = 0; \
        long result_ = (long)(call); \
        if (result_ != -1 || errno != (error)) { \
            say("%s: %ld %s instead of %s", #call, result_, err_name(errno), err_name(error)); \
        } \
    } while (0)

int main(int argc, char **argv)
{
    (void)argc;
    char text[64] = "";
    struct stat st;
    begin(argv);
    MUST(lstat("fifo", &st));
    say("fifo: %d", S_ISFIFO(st.st_mode));
    MUST(lstat("socket", &st));
    say("socket: %d", S_ISSOCK(st.st_mode));
    // The host holds its end of the FIFO open and has put something in: nothing of that shows here.
    host("hold fifo");
    EXPECT(open("fifo", O_WRONLY | O_NONBLOCK), writable_tree ? ENXIO : ENXIO);
    int out = (int)MUST(open("fifo", O_RDONLY | O_NONBLOCK));
    say("read %s", judge(text, read(out, text, sizeof text)));
    int in = (int)MUST(open("fifo", O_WRONLY | O_NONBLOCK));
    MUST(write(in, "inside", 6));
    say("own: %s", judge(text, read(out, text, sizeof text)));
    MUST(write(in, "of the guest", 12));
    host("holds SECRET fifo");
    // The host listens on its socket, of both kinds.
    EXPECT(connects("socket", SOCK_STREAM), ECONNREFUSED);
    EXPECT(connects("socket", SOCK_DGRAM), ECONNREFUSED);
    EXPECT(connects("socket", SOCK_SEQPACKET), ECONNREFUSED);
    EXPECT(connects("datagrams", SOCK_DGRAM), ECONNREFUSED);
    EXPECT(open("socket", O_RDWR), ENXIO);
    EXPECT(connects(path("%s/socket", outside), SOCK_STREAM), ENOENT);
    EXPECT(connects("up_dir/socket", SOCK_STREAM), ENOENT);
    host("silent");
    // The guest's own work in the same place.
    if (writable_tree) {
        struct sockaddr_un address = { .sun_family = AF_UNIX, .sun_path = "own" };
        int server = (int)MUST(socket(AF_UNIX, SOCK_STREAM, 0));
        MUST(bind(server, (struct sockaddr *)&address, sizeof address));
        MUST(listen(server, 1));
        int client = (int)MUST(socket(AF_UNIX, SOCK_STREAM, 0));
        MUST(connect(client, (struct sockaddr *)&address, sizeof address));
        MUST(write(client, "inside", 6));
        int served = (int)MUST(accept(server, NULL, NULL));
        say("own: %s", judge(text, read(served, text, sizeof text)));
        host("refuses own");
        MUST(unlink("own"));
        MUST(mkfifo("pipe", 0666));
        int both = (int)MUST(open("pipe", O_RDWR));
        MUST(write(both, "inside", 6));
        host("nothing pipe");
        say("own: %s", judge(text, read(both, text, sizeof text)));
        MUST(unlink("pipe"));
    }
    return 0;
}

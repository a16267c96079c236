// SPDX-License-Identifier: Apache-2.0
// Closes, duplicates and passes descriptor numbers at random, from several threads, while others use them.
// @host no
// @timeout 60
#include "../guest/t.h"

static volatile int stop;

static void *chaos(void *seed)
{
    unsigned state = (unsigned)(long)seed;
    char block[512];
    while (!stop) {
        int a = 3 + rand_r(&state) % 60, b = 3 + rand_r(&state) % 60, p[2];
        switch (rand_r(&state) % 9) {
            case 0: close(a); break;
            case 1: dup2(a, b); break;
            case 2:
                // Not to be blocked in before the flag is there: another thread uses the numbers at once.
                (void)!pipe2(p, O_NONBLOCK);
                break;
            case 3: open("/dev/zero", O_RDWR | O_NONBLOCK); break;
            case 4: read(a, block, sizeof block); break;
            case 5: write(a, block, sizeof block); break;
            case 6: lseek(a, rand_r(&state), SEEK_SET); break;
            case 7: {
                struct pollfd f = { a, POLLIN, 0 };
                poll(&f, 1, 0);
            } break;
            default: syscall(SYS_close_range, a, a + 5, 0); break;
        }
    }
    return NULL;
}

int main(void)
{
    CHILD("chaos", {
        signal(SIGPIPE, SIG_IGN);
        pthread_t threads[6];
        for (int i = 0; i < 6; i++) { pthread_create(&threads[i], NULL, chaos, (void *)(long)(i + 1)); }
        sleep_ms(3000);
        stop = 1;
        for (int i = 0; i < 6; i++) { pthread_join(threads[i], NULL); }
        _exit(3);
    });
    CHILD(
        "closes everything", for (int fd = 0; fd < 100; fd++) { close(fd); } _exit(fork() == 0 ? 0 : 4));
    return 0;
}

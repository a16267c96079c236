// SPDX-License-Identifier: Apache-2.0
// System V shared memory: keys, sizes, attaching at chosen addresses, read-only, counts, removal while
// attached, errors.
#include "t.h"
#include <sys/ipc.h>
#include <sys/shm.h>

static long attaches(int id)
{
    struct shmid_ds data;
    return shmctl(id, IPC_STAT, &data) == -1 ? -1 : (long)data.shm_nattch;
}

int main(void)
{
    key_t key = 0x4d6f0000 + (getpid() & 0xffff);
    SHOW(shmget(key, 100, 0));
    SHOW(shmget(key, 0, IPC_CREAT | 0600));
    int id = (int)MUST(shmget(key, 5000, IPC_CREAT | IPC_EXCL | 0640));
    SHOW(shmget(key, 5000, IPC_CREAT | IPC_EXCL | 0600));
    say("same id %d", shmget(key, 5000, 0) == id);
    say("smaller is the same %d", shmget(key, 1, 0600) == id);
    SHOW(shmget(key, 5001, 0));

    struct shmid_ds data;
    MUST(shmctl(id, IPC_STAT, &data));
    say("size %zu mode %o key %d uid %d nattch %ld cpid %d lpid %d atime %ld", data.shm_segsz,
        data.shm_perm.mode, data.shm_perm.__key == key, data.shm_perm.uid == geteuid(), (long)data.shm_nattch,
        data.shm_cpid == getpid(), data.shm_lpid, (long)data.shm_atime);

    char *a = MUSTP(shmat(id, NULL, 0));
    strcpy(a, "through shm");
    a[8000] = 'x';
    char *b = MUSTP(shmat(id, NULL, SHM_RDONLY));
    say("%s, %c, attached %ld", b, b[8000], attaches(id));
    CHILD("write to read-only", b[0] = 1);
    SHOW(mprotect(b, PAGE, PROT_READ | PROT_WRITE));
    SHOW((long)shmat(id, a + 1, 0));
    SHOW((long)shmat(id, a, 0));
    SHOW((long)shmat(id, NULL, SHM_REMAP));
    say("round %d", shmat(id, b + 100, SHM_RND | SHM_REMAP) == b);
    SHOW((long)shmat(-1, NULL, 0));
    SHOW((long)shmat(0x7fffffff, NULL, 0));
    SHOW(shmdt(a + PAGE));
    SHOW(shmdt(a + 1));
    SHOW(shmdt(b));
    SHOW(shmdt(b));
    say("attached %ld", attaches(id));

    CHILD("child sees and counts", {
        say("%s, attached %ld", a, attaches(id));
        strcpy(a, "by the child");
    });
    say("%s, attached %ld", a, attaches(id));

    data.shm_perm.mode = 0600;
    SHOW(shmctl(id, IPC_SET, &data));
    MUST(shmctl(id, IPC_STAT, &data));
    say("mode %o", data.shm_perm.mode);
    SHOW(shmctl(id, IPC_STAT, BAD));
    SHOW(shmctl(id, 77, &data));
    SHOW(shmctl(-1, IPC_STAT, &data));

    SHOW(shmctl(id, IPC_RMID, NULL));
    MUST(shmctl(id, IPC_STAT, &data));
    say("removed: mode %o key %d attached %ld", data.shm_perm.mode, data.shm_perm.__key,
        (long)data.shm_nattch);
    SHOW(shmget(key, 100, 0));
    say("still there: %s", a);
    MUST(munmap(a + PAGE, PAGE));
    SHOW(shmdt(a));
    SHOW(shmctl(id, IPC_STAT, &data));
    SHOW(shmctl(id, IPC_RMID, NULL));

    id = (int)MUST(shmget(IPC_PRIVATE, PAGE, 0000));
    if (geteuid() != 0) { SHOW((long)shmat(id, NULL, 0)); }
    MUST(shmctl(id, IPC_RMID, NULL));
    return 0;
}

// SPDX-License-Identifier: Apache-2.0
// Keyrings of threads, processes, sessions and users over fork, exec, threads and changes of identity.
#include "keys.h"

static int id_of(int special) { return keyctl(KEYCTL_GET_KEYRING_ID, special, 0); }
static int make(int special) { return keyctl(KEYCTL_GET_KEYRING_ID, special, 1); }

static void tell_rings(const char *what)
{
    say("%s: thread %s process %s", what, id_of(THREAD_RING) == -1 ? err_name(errno) : "yes",
        id_of(PROCESS_RING) == -1 ? err_name(errno) : "yes");
}

static int session, thread, process;

static void *in_thread(void *argument)
{
    (void)argument;
    int mine = id_of(THREAD_RING);
    say("thread: own ring %d, process's %d, session %d", mine != -1 && mine != thread,
        id_of(PROCESS_RING) == process, id_of(SESSION_RING) == session);
    join_anonymous();
    say("left the session %d", id_of(SESSION_RING) != session);
    return NULL;
}

static void *no_ring(void *argument)
{
    tell_rings("thread of a process without");
    int made = make(PROCESS_RING);
    tell_key("made in a thread", made);
    *(int *)argument = made;
    return NULL;
}

static void threads(void)
{
    CHILD("without",
        pthread_t t;
        int made;
        MUST(pthread_create(&t, NULL, no_ring, &made));
        MUST(pthread_join(t, NULL));
        tell_rings("beside"));
    thread = (int)MUST(make(THREAD_RING));
    process = (int)MUST(make(PROCESS_RING));
    tell_key("thread", thread);
    tell_key("process", process);
    pthread_t t;
    MUST(pthread_create(&t, NULL, in_thread, NULL));
    MUST(pthread_join(t, NULL));
    say("still there %d %d", id_of(SESSION_RING) == session, id_of(THREAD_RING) == thread);
}

static void forks(const char *self)
{
    int key = (int)MUST(add_user("inherited", "x", SESSION_RING));
    int private = (int)MUST(add_user("private", "x", PROCESS_RING));
    CHILD("fork",
        tell_rings("child");
        say("session %d", id_of(SESSION_RING) == session);
        tell_data("inherited", key);
        tell_data("private", private);
        join_anonymous();
        say("another session %d", id_of(SESSION_RING) != session);
        tell_data("no longer", key));
    say("session %d", id_of(SESSION_RING) == session);
    SHOW(keyctl(KEYCTL_SET_REQKEY_KEYRING, KEY_REQKEY_DEFL_SESSION_KEYRING));
    CHILD("exec",
        make(THREAD_RING);
        make(PROCESS_RING);
        char id[16];
        snprintf(id, sizeof id, "%d", key);
        execl(self, self, id, NULL));
    SHOW(keyctl(KEYCTL_SET_REQKEY_KEYRING, KEY_REQKEY_DEFL_DEFAULT));
    MUST(keyctl(KEYCTL_UNLINK, key, SESSION_RING));
    MUST(keyctl(KEYCTL_CLEAR, PROCESS_RING));
}

static void after_exec(int key)
{
    tell_rings("after exec");
    tell_data("inherited", key);
    SHOW(keyctl(KEYCTL_SET_REQKEY_KEYRING, -1));
}

static void named(void)
{
    CHILD("named",
        int made = (int)MUST(keyctl(KEYCTL_JOIN_SESSION_KEYRING, "moat named"));
        tell_key("named", made);
        say("is the session %d", id_of(SESSION_RING) == made);
        int other = (int)MUST(keyctl(KEYCTL_JOIN_SESSION_KEYRING, "moat named"));
        say("not found without search %d", other != made);
        MUST(keyctl(KEYCTL_SETPERM, other, 0x3f3f0000));
        SHOW(keyctl(KEYCTL_JOIN_SESSION_KEYRING, "moat named"));
        CHILD("joins it", 
            join_anonymous();
            say("joined %d", keyctl(KEYCTL_JOIN_SESSION_KEYRING, "moat named") == other));
        MUST(keyctl(KEYCTL_REVOKE, SESSION_RING));
        SHOW(keyctl(KEYCTL_GET_KEYRING_ID, SESSION_RING, 0));
        SHOW(keyctl(KEYCTL_GET_KEYRING_ID, SESSION_RING, 1));
        OK(keyctl(KEYCTL_JOIN_SESSION_KEYRING, "moat named"));
        say("a new one %d", id_of(SESSION_RING) != other);
        SHOW(keyctl(KEYCTL_JOIN_SESSION_KEYRING, ".hidden"));
        SHOW(keyctl(KEYCTL_JOIN_SESSION_KEYRING, "")));
}

static void to_parent(void)
{
    int before = id_of(SESSION_RING);
    CHILD("gives",
        SHOW(keyctl(KEYCTL_SESSION_TO_PARENT));
        int mine = (int)MUST(keyctl(KEYCTL_JOIN_SESSION_KEYRING, 0));
        MUST(add_user("given", "from the child", SESSION_RING));
        SHOW(keyctl(KEYCTL_SESSION_TO_PARENT));
        say("still mine %d", id_of(SESSION_RING) == mine));
    say("taken %d", id_of(SESSION_RING) != before);
    int key = keyctl(KEYCTL_SEARCH, SESSION_RING, "user", "given", 0);
    tell_data("given", key);
    CHILD("foreign",
        MUST(keyctl(KEYCTL_JOIN_SESSION_KEYRING, 0));
        MUST(keyctl(KEYCTL_SETPERM, SESSION_RING, 0x2f000000));
        SHOW(keyctl(KEYCTL_SESSION_TO_PARENT)));
    if (getuid() == 0) {
        CHILD("as another",
            become(4711);
            MUST(keyctl(KEYCTL_JOIN_SESSION_KEYRING, 0));
            SHOW(keyctl(KEYCTL_SESSION_TO_PARENT)));
    }
}

static void users(void)
{
    int user = (int)MUST(id_of(USER_RING)), both = (int)MUST(id_of(USER_SESSION_RING));
    char text[100], wanted[100];
    MUST(keyctl(KEYCTL_DESCRIBE, user, text, sizeof text));
    snprintf(wanted, sizeof wanted, "keyring;%d;65534;1f3f0000;_uid.%d", getuid(), getuid());
    say("user's %d", strcmp(text, wanted) == 0);
    MUST(keyctl(KEYCTL_DESCRIBE, both, text, sizeof text));
    snprintf(wanted, sizeof wanted, "keyring;%d;65534;1f3f0000;_uid_ses.%d", getuid(), getuid());
    say("user's session %d", strcmp(text, wanted) == 0);
    say("linked %d", ring_has(both, user));
    int key = (int)MUST(add_user("moat of user", "x", USER_RING));
    SHOW(keyctl(KEYCTL_READ, key, 0, 0));
    SHOW(keyctl(KEYCTL_SET_TIMEOUT, user, 0));
    SHOW(request_key("user", "moat of user", 0, 0));
    SHOW(keyctl(KEYCTL_LINK, USER_RING, SESSION_RING));
    say("found %d", request_key("user", "moat of user", 0, 0) == key);
    MUST(keyctl(KEYCTL_UNLINK, user, SESSION_RING));
    MUST(keyctl(KEYCTL_UNLINK, key, USER_RING));
    SHOW(keyctl(KEYCTL_GET_KEYRING_ID, -6, 1));
    SHOW(keyctl(KEYCTL_GET_KEYRING_ID, -7, 1));
    SHOW(keyctl(KEYCTL_GET_KEYRING_ID, -8, 1));
    SHOW(keyctl(KEYCTL_GET_KEYRING_ID, -9, 1));
    SHOW(keyctl(KEYCTL_GET_KEYRING_ID, 0, 1));
    CHILD("user's session as session",
        MUST(keyctl(KEYCTL_JOIN_SESSION_KEYRING, text + strlen("keyring;65534;65534;1f3f0000;") - (getuid() ? 0 : 4)));
        say("joined %d", id_of(SESSION_RING) == both);
        int made = make(SESSION_RING);
        say("a session of its own instead %d", made != both);
        tell_key("made", made));
    if (getuid() != 0) { return; }
    CHILD("other users",
        int mine = make(THREAD_RING);
        MUST(syscall(SYS_setresuid, 4711, -1, -1));
        int ring = id_of(USER_RING);
        say("by real uid %d", ring != user);
        tell_key("ring of 4711", ring);
        MUST(syscall(SYS_setresuid, 4711, 4711, 4711));
        tell_key("ring of 4711", ring);
        say("the same %d", id_of(USER_RING) == ring);
        tell_key("the thread's went along", mine);
        tell_key("session of root", SESSION_RING);
        tell_key("ring of root", user));
}

static void put(const char *path, const char *text)
{
    int fd = (int)MUST(open(path, O_WRONLY));
    MUST(write(fd, text, strlen(text)));
    MUST(close(fd));
}

static void namespaces(void)
{
    int user = (int)MUST(id_of(USER_RING));
    CHILD("user namespace",
        uid_t uid = getuid();
        gid_t gid = getgid();
        MUST(unshare(CLONE_NEWUSER));
        char map[32];
        snprintf(map, sizeof map, "0 %d 1", uid);
        put("/proc/self/setgroups", "deny");
        put("/proc/self/uid_map", map);
        snprintf(map, sizeof map, "0 %d 1", gid);
        put("/proc/self/gid_map", map);
        tell_key("session", SESSION_RING);
        int ring = id_of(USER_RING);
        say("a user keyring of its own %d", ring != user && ring != -1);
        char text[100];
        MUST(keyctl(KEYCTL_DESCRIBE, ring, text, sizeof text));
        say("%s", text);
        int key = add_user("inside", "x", SESSION_RING);
        tell_key("added inside", key);
        SHOW(keyctl(KEYCTL_CHOWN, key, 1, -1));
        SHOW(keyctl(KEYCTL_CHOWN, key, 0, 0));
        MUST(keyctl(KEYCTL_UNLINK, key, SESSION_RING)));
}

int main(int argc, char **argv)
{
    if (argc > 1) {
        after_exec(atoi(argv[1]));
        return 0;
    }
    join_anonymous();
    session = (int)MUST(id_of(SESSION_RING));
    tell_rings("at first");
    threads();
    forks(argv[0]);
    named();
    // Not as a child of a first process, whose session nobody may change.
    CHILD("to the parent", to_parent());
    users();
    namespaces();
    return 0;
}

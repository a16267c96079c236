// SPDX-License-Identifier: Apache-2.0
using System.Collections.Generic;
using Moat.Abi;
using static Moat.Abi.SyscallNumber;

namespace Moat.Sandbox.Confinement;

/// <summary>
/// The host calls of the confined kernel process, hottest first. Everything else ends the process.
/// </summary>
internal static class FilterRules
{
    private const string Runtime = ".NET runtime";
    private const string Libc = "C library";
    private const string Hand = "hand-off between task threads and stubs";
    private const string Files = "host files below directories that were handed over";
    private const string Volumes = "changes on writable volumes";
    private const string Stubs = "stub processes";
    private const string Init = "start of a stub, before its own filter";
    private const uint ExecuteBit = 4;
    private const uint ThreadFlags = 0x3d0f00;
    private const uint ChildFlags = 0x205100;
    private const uint SignalOfTheFilter = 31;

    /// <summary>All of them.</summary>
    internal static readonly IReadOnlyList<FilterRule> All =
    [
        new(futex, Hand + "; " + Runtime),
        new(rt_sigreturn, "return from signal handlers, stubs' return to guest code"),
        new(process_vm_readv, "copy-in from guest memory"),
        new(process_vm_writev, "copy-out to guest memory"),
        new(SyscallNumber.ioctl, "seccomp notifications: approving stubs' memory calls")
        {
            Argument = 1, OneOf = [0xc0502100, 0xc0182101, 0x40082102, 0x40182103, 0x40082104],
        },
        new(
            SyscallNumber.ioctl,
            "the caller's terminal: TCGETS, TCSETS*, TCSBRK*, TCXONC, TCFLSH, window size, queues")
        {
            Argument = 1,
            OneOf =
            [
                0x5401, 0x5402, 0x5403, 0x5404, 0x5409, 0x540a, 0x540b, 0x5411, 0x5413, 0x5414, 0x541b,
                    0x5425,
                0x802c542a, 0x402c542b, 0x402c542c, 0x402c542d,
            ],
        },
        new(pread64, Files),
        new(pwrite64, Files + ", memory files"),
        new(read, "standard streams, event descriptors"),
        new(write, "standard streams, event descriptors"),
        new(readv, "standard streams"),
        new(writev, "standard streams"),
        new(epoll_pwait, "the supervisor and the poller of standard streams"),
        new(epoll_wait, "the supervisor and the poller of standard streams"),
        new(epoll_ctl, "the supervisor and the poller of standard streams"),
        new(epoll_create1, "the supervisor and the poller of standard streams"),
        new(ppoll, "control socket, standard streams"),
        new(poll, "standard streams"),
        new(openat2, Files),
        new(statx, Files),
        new(SyscallNumber.close, "descriptors"),
        new(readlinkat, Files),
        new(getdents64, Files),
        new(fstat, Files),
        new(fstatfs, Files),
        new(lseek, Files),
        new(clock_gettime, "clocks without the vDSO"),
        new(clock_nanosleep, Runtime),
        new(nanosleep, Runtime),
        new(restart_syscall, "interrupted sleeps after a stop"),
        new(sched_yield, Runtime + ": spinning locks"),
        new(tgkill, "interrupting guest code, suspending threads for the garbage collector"),
        new(getpid, Runtime),
        new(gettid, Runtime),
        new(getcpu, "which CPU a task thread runs on"),
        new(getrandom, "guest random numbers; " + Runtime),
        new(getrusage, "CPU times of this process"),
        new(sysinfo, Runtime + ": memory pressure"),
        new(membarrier, Runtime + ": thread suspension"),
        new(madvise, Runtime + "; stubs' ordered calls"),
        new(munmap, Runtime + "; shared areas; stubs' ordered calls"),
        new(brk, Libc + ": heap"),
        new(mmap, "shared areas, heaps; never executable") { Argument = 2, NoBits = ExecuteBit },
        new(mmap, "stubs' ordered calls") { Origin = FilterOrigin.Stub },
        new(mprotect, "heaps; never executable") { Argument = 2, NoBits = ExecuteBit },
        new(mprotect, "stubs' ordered calls") { Origin = FilterOrigin.Stub },
        new(mremap, Libc + ": realloc; not to a chosen address") { Argument = 3, NoBits = 2 | 4 },
        new(mremap, "stubs' ordered calls") { Origin = FilterOrigin.Stub },
        new(msync, "stubs' ordered calls") { Origin = FilterOrigin.Stub },
        new(mlock, "stubs' ordered calls") { Origin = FilterOrigin.Stub },
        new(mlock2, "stubs' ordered calls") { Origin = FilterOrigin.Stub },
        new(munlock, "stubs' ordered calls") { Origin = FilterOrigin.Stub },
        new(mincore, "stubs' ordered calls") { Origin = FilterOrigin.Stub },
        new(fcntl, "F_DUPFD*, F_GETFD, F_SETFD, F_GETFL, F_SETFL, seals")
        {
            Argument = 1, OneOf = [0, 1, 2, 3, 4, 1030, 1033, 1034],
        },
        new(dup, "descriptors"),
        new(memfd_create, "guest memory, thread areas"),
        new(ftruncate, "size of memory files, writable volumes"),
        new(fallocate, "memory files, writable volumes"),
        new(fadvise64, "memory files, writable volumes"),
        new(eventfd2, "waking a thread that polls"),
        new(pidfd_open, Stubs),
        new(pidfd_getfd, "a new stub's seccomp listener"),
        new(pidfd_send_signal, "ending stubs"),
        new(waitid, "reaping stubs"),
        new(rt_sigaction, Runtime
            + "; not SIGSYS, which ends the process") { Argument = 0, Not = SignalOfTheFilter },
        new(rt_sigaction, Init) { Origin = FilterOrigin.Stub },
        new(rt_sigaction, Stubs + ": default handlers before exec") { Origin = FilterOrigin.ChildProgram },
        new(rt_sigprocmask, Runtime + "; " + Stubs),
        new(sigaltstack, Runtime + "; " + Init),
        new(clone3, "answered so that the C library uses clone, whose flags can be seen") { Answer =
            Errno.ENOSYS },
        new(clone, Runtime
            + ": threads, with the C library's exact flags") { Argument = 0, OneOf = [ThreadFlags] },
        new(clone, Stubs + ": CLONE_VM, VFORK, PIDFD, CHILD_CLEARTID")
        {
            Origin = FilterOrigin.ChildProgram, Argument = 0, OneOf = [ChildFlags],
        },
        new(clone, "stubs' ordered threads and forks")
        {
            Origin = FilterOrigin.Stub, Argument = 0, OneOf = [0x50f00, 0x8011],
        },
        new(set_robust_list, Libc + ": threads"),
        new(rseq, Libc + ": threads"),
        new(set_tid_address, Libc),
        new(getpriority, "the nice value that guests start with"),
        new(sched_getaffinity, Runtime),
        new(sched_setaffinity, Hand + ": own thread, away from its stub's; stub threads, as guests choose"),
        new(setpriority, "stub threads of guests that are nice") { Argument = 0, OneOf = [0] },
        new(sched_setscheduler, "stub threads of guests that run in the background")
        {
            Argument = 1, OneOf = [0, 3, 5],
        },
        new(prlimit64, Runtime + ": stack limits"),
        new(exit, "threads, stubs' threads"),
        new(exit_group, "end of the process"),
        new(prctl, "thread names (PR_SET_NAME, PR_SET_VMA)") { Argument = 0, OneOf = [15, 0x53564d41] },
        new(prctl, Stubs) { Origin = FilterOrigin.ChildProgram },
        new(prctl, Init) { Origin = FilterOrigin.Stub },
        new(SyscallNumber.seccomp, Init + ": that filter itself") { Origin = FilterOrigin.Stub },
        new(arch_prctl, Init) { Origin = FilterOrigin.Stub },
        new(capset, Stubs + ": no capability survives") { Origin = FilterOrigin.ChildProgram },
        new(personality, Stubs + ": fixed layout") { Origin = FilterOrigin.ChildProgram },
        new(setrlimit, Stubs
            + ": stack limit, which the layout follows") { Origin = FilterOrigin.ChildProgram },
        new(dup2, Stubs + ": the thread area's descriptor") { Origin = FilterOrigin.ChildProgram },
        new(close_range, Stubs + ": nothing else is inherited") { Origin = FilterOrigin.ChildProgram },
        new(setpgid, Stubs) { Origin = FilterOrigin.ChildProgram },
        new(execveat, Stubs + ": the stub's memfd, by descriptor only")
        {
            Origin = FilterOrigin.ChildProgram, Argument = 4, OneOf = [0x1000],
        },
        new(accept4, "control connections on the inherited socket"),
        new(recvfrom, "standard streams that are sockets"),
        new(sendto, "standard streams that are sockets"),
        new(sendmsg, "control socket"),
        new(recvmsg, "control socket"),
        new(mkdirat, Volumes),
        new(mknodat, Volumes + ": FIFOs, sockets, whiteouts"),
        new(unlinkat, Volumes),
        new(renameat2, Volumes),
        new(linkat, Volumes),
        new(symlinkat, Volumes),
        new(fchmod, Volumes),
        new(fchmodat2, Volumes),
        new(fchownat, Volumes),
        new(fchown, Volumes),
        new(utimensat, Volumes),
        new(fgetxattr, Files + ": user.* and ACLs only"),
        new(flistxattr, Files + ": user.* and ACLs only"),
        new(fsetxattr, Volumes + ": user.* and ACLs only"),
        new(fremovexattr, Volumes + ": user.* and ACLs only"),
        new(fsync, Volumes),
        new(fdatasync, Volumes),
        new(sync_file_range, Volumes),
        new(syncfs, Volumes),
        new(fgetxattr, Files),
        new(flistxattr, Files),
        new(openat, Runtime
            + " reads /proc/meminfo at each collection; the root is empty") { Answer = Errno.ENOENT },
        new(open, "the root is empty") { Answer = Errno.ENOENT },
        new(newfstatat, Runtime + "; the root is empty") { Answer = Errno.ENOENT },
        new(access, "the root is empty") { Answer = Errno.ENOENT },
        new(faccessat2, "the root is empty") { Answer = Errno.ENOENT },
        new(readlink, "the root is empty") { Answer = Errno.ENOENT },
    ];
}

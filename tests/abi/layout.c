// SPDX-License-Identifier: Apache-2.0
// Prints sizes and offsets of Linux's structures from the real headers, one line per structure:
//   struct NAME SIZE offset offset ...
// Moat.Abi.Tests compares them with the C# structures of the same rows in LayoutTests.
#define _GNU_SOURCE
#include <asm/statfs.h>
#include <asm/termbits.h>
#include <asm/termios.h>
#include <fcntl.h>
#include <linux/aio_abi.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/futex.h>
#include <linux/io_uring.h>
#include <linux/mount.h>
#include <linux/quota.h>
#include <linux/sched.h>
#include <linux/seccomp.h>
#include <linux/sched/types.h>
#include <linux/types.h>
#include <poll.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/epoll.h>
#include <sys/fanotify.h>
#include <sys/inotify.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/sysinfo.h>
#include <sys/time.h>
#include <sys/times.h>
#include <sys/timex.h>
#include <sys/uio.h>
#include <sys/user.h>
#include <sys/utsname.h>
#include <time.h>

struct winsize_ { unsigned short row, col, xpixel, ypixel; };

// struct sigaction as the kernel takes it; no header for user space has it (rt_sigaction(2), KERNEL).
struct kernel_sigaction { void *handler; unsigned long flags; void *restorer; unsigned long mask; };

#define S(type, name) printf("\nstruct %s %zu", name, sizeof(type))
#define F(type, field) printf(" %zu", offsetof(type, field))

int main(void)
{
    S(struct stat, "stat");
    F(struct stat, st_dev); F(struct stat, st_ino); F(struct stat, st_nlink); F(struct stat, st_mode);
    F(struct stat, st_uid); F(struct stat, st_gid); F(struct stat, __pad0); F(struct stat, st_rdev);
    F(struct stat, st_size); F(struct stat, st_blksize); F(struct stat, st_blocks); F(struct stat, st_atime);
    F(struct stat, st_mtime); F(struct stat, st_ctime); F(struct stat, __glibc_reserved);
    S(struct statx, "statx");
    F(struct statx, stx_mask); F(struct statx, stx_blksize); F(struct statx, stx_attributes);
    F(struct statx, stx_nlink); F(struct statx, stx_uid); F(struct statx, stx_gid); F(struct statx, stx_mode);
    F(struct statx, __spare0); F(struct statx, stx_ino); F(struct statx, stx_size); F(struct statx, stx_blocks);
    F(struct statx, stx_attributes_mask); F(struct statx, stx_atime); F(struct statx, stx_btime);
    F(struct statx, stx_ctime); F(struct statx, stx_mtime); F(struct statx, stx_rdev_major);
    F(struct statx, stx_rdev_minor); F(struct statx, stx_dev_major); F(struct statx, stx_dev_minor);
    F(struct statx, stx_mnt_id);
    S(struct statx_timestamp, "statx_timestamp");
    F(struct statx_timestamp, tv_sec); F(struct statx_timestamp, tv_nsec); F(struct statx_timestamp, __reserved);
    S(struct statfs, "statfs");
    F(struct statfs, f_type); F(struct statfs, f_bsize); F(struct statfs, f_blocks); F(struct statfs, f_bfree);
    F(struct statfs, f_bavail); F(struct statfs, f_files); F(struct statfs, f_ffree); F(struct statfs, f_fsid);
    F(struct statfs, f_namelen); F(struct statfs, f_frsize); F(struct statfs, f_flags); F(struct statfs, f_spare);
    S(struct mount_attr, "mount_attr");
    F(struct mount_attr, attr_set); F(struct mount_attr, attr_clr); F(struct mount_attr, propagation);
    F(struct mount_attr, userns_fd);
    S(struct flock, "flock");
    F(struct flock, l_type); F(struct flock, l_whence); F(struct flock, l_start); F(struct flock, l_len);
    F(struct flock, l_pid);
    S(struct winsize_, "winsize");
    F(struct winsize_, row); F(struct winsize_, col); F(struct winsize_, xpixel); F(struct winsize_, ypixel);
    S(struct termios, "termios");
    F(struct termios, c_iflag); F(struct termios, c_oflag); F(struct termios, c_cflag); F(struct termios, c_lflag);
    F(struct termios, c_line); F(struct termios, c_cc);
    S(struct termios2, "termios2");
    F(struct termios2, c_iflag); F(struct termios2, c_ispeed); F(struct termios2, c_ospeed);
    S(struct termio, "termio");
    F(struct termio, c_iflag); F(struct termio, c_oflag); F(struct termio, c_cflag); F(struct termio, c_lflag);
    F(struct termio, c_line); F(struct termio, c_cc);
    S(struct timex, "timex");
    F(struct timex, modes); F(struct timex, offset); F(struct timex, freq); F(struct timex, maxerror);
    F(struct timex, esterror); F(struct timex, status); F(struct timex, constant); F(struct timex, precision);
    F(struct timex, tolerance); F(struct timex, time); F(struct timex, tick); F(struct timex, ppsfreq);
    F(struct timex, jitter); F(struct timex, shift); F(struct timex, stabil); F(struct timex, jitcnt);
    F(struct timex, calcnt); F(struct timex, errcnt); F(struct timex, stbcnt); F(struct timex, tai);
    S(struct clone_args, "clone_args");
    F(struct clone_args, flags); F(struct clone_args, pidfd); F(struct clone_args, child_tid);
    F(struct clone_args, parent_tid); F(struct clone_args, exit_signal); F(struct clone_args, stack);
    F(struct clone_args, stack_size); F(struct clone_args, tls); F(struct clone_args, set_tid);
    F(struct clone_args, set_tid_size); F(struct clone_args, cgroup);
    S(struct timespec, "timespec"); F(struct timespec, tv_sec); F(struct timespec, tv_nsec);
    S(struct timeval, "timeval"); F(struct timeval, tv_sec); F(struct timeval, tv_usec);
    S(struct itimerval, "itimerval"); F(struct itimerval, it_interval); F(struct itimerval, it_value);
    S(struct itimerspec, "itimerspec"); F(struct itimerspec, it_interval); F(struct itimerspec, it_value);
    S(struct tms, "tms");
    F(struct tms, tms_utime); F(struct tms, tms_stime); F(struct tms, tms_cutime); F(struct tms, tms_cstime);
    S(struct rusage, "rusage");
    F(struct rusage, ru_utime); F(struct rusage, ru_stime); F(struct rusage, ru_maxrss); F(struct rusage, ru_ixrss);
    F(struct rusage, ru_idrss); F(struct rusage, ru_isrss); F(struct rusage, ru_minflt); F(struct rusage, ru_majflt);
    F(struct rusage, ru_nswap); F(struct rusage, ru_inblock); F(struct rusage, ru_oublock);
    F(struct rusage, ru_msgsnd); F(struct rusage, ru_msgrcv); F(struct rusage, ru_nsignals);
    F(struct rusage, ru_nvcsw); F(struct rusage, ru_nivcsw);
    S(struct sysinfo, "sysinfo");
    F(struct sysinfo, uptime); F(struct sysinfo, loads); F(struct sysinfo, totalram); F(struct sysinfo, freeram);
    F(struct sysinfo, sharedram); F(struct sysinfo, bufferram); F(struct sysinfo, totalswap);
    F(struct sysinfo, freeswap); F(struct sysinfo, procs); F(struct sysinfo, totalhigh);
    F(struct sysinfo, freehigh); F(struct sysinfo, mem_unit);
    S(struct utsname, "utsname");
    F(struct utsname, sysname); F(struct utsname, nodename); F(struct utsname, release); F(struct utsname, version);
    F(struct utsname, machine); F(struct utsname, domainname);
    S(struct kernel_sigaction, "sigaction");
    F(struct kernel_sigaction, handler); F(struct kernel_sigaction, flags); F(struct kernel_sigaction, restorer);
    F(struct kernel_sigaction, mask);
    S(stack_t, "sigaltstack"); F(stack_t, ss_sp); F(stack_t, ss_flags); F(stack_t, ss_size);
    S(siginfo_t, "siginfo");
    F(siginfo_t, si_signo); F(siginfo_t, si_errno); F(siginfo_t, si_code); F(siginfo_t, si_pid);
    F(siginfo_t, si_uid); F(siginfo_t, si_addr); F(siginfo_t, si_status); F(siginfo_t, si_value);
    F(siginfo_t, si_utime); F(siginfo_t, si_stime); F(siginfo_t, si_band); F(siginfo_t, si_fd);
    F(siginfo_t, si_timerid); F(siginfo_t, si_overrun); F(siginfo_t, si_syscall); F(siginfo_t, si_arch);
    S(struct rlimit, "rlimit"); F(struct rlimit, rlim_cur); F(struct rlimit, rlim_max);
    S(struct iovec, "iovec"); F(struct iovec, iov_base); F(struct iovec, iov_len);
    S(struct pollfd, "pollfd"); F(struct pollfd, fd); F(struct pollfd, events); F(struct pollfd, revents);
    S(struct io_uring_params, "io_uring_params"); F(struct io_uring_params, sq_entries);
    F(struct io_uring_params, cq_entries); F(struct io_uring_params, flags);
    F(struct io_uring_params, sq_thread_cpu); F(struct io_uring_params, sq_thread_idle);
    F(struct io_uring_params, features); F(struct io_uring_params, wq_fd);
    F(struct io_uring_params, sq_off); F(struct io_uring_params, cq_off);
    S(struct io_uring_cqe, "io_uring_cqe"); F(struct io_uring_cqe, user_data); F(struct io_uring_cqe, res);
    F(struct io_uring_cqe, flags);
    S(struct iocb, "iocb"); F(struct iocb, aio_data); F(struct iocb, aio_key); F(struct iocb, aio_rw_flags);
    F(struct iocb, aio_lio_opcode); F(struct iocb, aio_reqprio); F(struct iocb, aio_fildes);
    F(struct iocb, aio_buf); F(struct iocb, aio_nbytes); F(struct iocb, aio_offset);
    F(struct iocb, aio_reserved2); F(struct iocb, aio_flags); F(struct iocb, aio_resfd);
    S(struct io_event, "io_event"); F(struct io_event, data); F(struct io_event, obj);
    F(struct io_event, res); F(struct io_event, res2);
    S(struct fanotify_event_metadata, "fanotify_event_metadata"); F(struct fanotify_event_metadata, event_len);
    F(struct fanotify_event_metadata, vers); F(struct fanotify_event_metadata, reserved);
    F(struct fanotify_event_metadata, metadata_len); F(struct fanotify_event_metadata, mask);
    F(struct fanotify_event_metadata, fd); F(struct fanotify_event_metadata, pid);
    S(struct file_handle, "file_handle"); F(struct file_handle, handle_bytes);
    F(struct file_handle, handle_type);
    S(struct inotify_event, "inotify_event"); F(struct inotify_event, wd); F(struct inotify_event, mask);
    F(struct inotify_event, cookie); F(struct inotify_event, len);
    S(struct epoll_event, "epoll_event"); F(struct epoll_event, events); F(struct epoll_event, data);
    S(struct timezone, "timezone"); F(struct timezone, tz_minuteswest); F(struct timezone, tz_dsttime);
    S(struct robust_list_head, "robust_list_head");
    F(struct robust_list_head, list); F(struct robust_list_head, futex_offset);
    F(struct robust_list_head, list_op_pending);
    S(struct __user_cap_header_struct, "cap_header");
    F(struct __user_cap_header_struct, version); F(struct __user_cap_header_struct, pid);
    S(struct __user_cap_data_struct, "cap_data");
    F(struct __user_cap_data_struct, effective); F(struct __user_cap_data_struct, permitted);
    F(struct __user_cap_data_struct, inheritable);
    S(struct sched_attr, "sched_attr");
    F(struct sched_attr, size); F(struct sched_attr, sched_policy); F(struct sched_attr, sched_flags);
    F(struct sched_attr, sched_nice); F(struct sched_attr, sched_priority); F(struct sched_attr, sched_runtime);
    F(struct sched_attr, sched_deadline); F(struct sched_attr, sched_period); F(struct sched_attr, sched_util_min);
    F(struct sched_attr, sched_util_max);
    S(struct if_nextdqblk, "if_nextdqblk");
    F(struct if_nextdqblk, dqb_bhardlimit); F(struct if_nextdqblk, dqb_bsoftlimit);
    F(struct if_nextdqblk, dqb_curspace); F(struct if_nextdqblk, dqb_ihardlimit);
    F(struct if_nextdqblk, dqb_isoftlimit); F(struct if_nextdqblk, dqb_curinodes);
    F(struct if_nextdqblk, dqb_btime); F(struct if_nextdqblk, dqb_itime); F(struct if_nextdqblk, dqb_valid);
    F(struct if_nextdqblk, dqb_id);
    S(struct if_dqinfo, "if_dqinfo");
    F(struct if_dqinfo, dqi_bgrace); F(struct if_dqinfo, dqi_igrace); F(struct if_dqinfo, dqi_flags);
    F(struct if_dqinfo, dqi_valid);
    S(struct sock_filter, "sock_filter");
    F(struct sock_filter, code); F(struct sock_filter, jt); F(struct sock_filter, jf); F(struct sock_filter, k);
    S(struct sock_fprog, "sock_fprog"); F(struct sock_fprog, len); F(struct sock_fprog, filter);
    S(struct seccomp_data, "seccomp_data");
    F(struct seccomp_data, nr); F(struct seccomp_data, arch); F(struct seccomp_data, instruction_pointer);
    for (int i = 0; i < 6; i++) { printf(" %zu", offsetof(struct seccomp_data, args) + 8 * (size_t)i); }
    S(struct seccomp_notif, "seccomp_notif");
    F(struct seccomp_notif, id); F(struct seccomp_notif, pid); F(struct seccomp_notif, flags);
    F(struct seccomp_notif, data);
    S(struct seccomp_notif_resp, "seccomp_notif_resp");
    F(struct seccomp_notif_resp, id); F(struct seccomp_notif_resp, val); F(struct seccomp_notif_resp, error);
    F(struct seccomp_notif_resp, flags);
    S(struct seccomp_notif_addfd, "seccomp_notif_addfd");
    F(struct seccomp_notif_addfd, id); F(struct seccomp_notif_addfd, flags); F(struct seccomp_notif_addfd, srcfd);
    F(struct seccomp_notif_addfd, newfd); F(struct seccomp_notif_addfd, newfd_flags);
    S(struct user_regs_struct, "user_regs");
    for (int i = 0; i < 27; i++) { printf(" %d", i * 8); }
    putchar('\n');
    return 0;
}

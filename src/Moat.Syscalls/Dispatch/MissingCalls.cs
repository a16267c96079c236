// SPDX-License-Identifier: Apache-2.0
namespace Moat.Syscalls.Dispatch;

/// <summary>Why a call of the table answers ENOSYS: the Linux configuration of which that is true.</summary>
public static class MissingCalls
{
    private const string NeverWas = "never was one, on Linux too";
    private const string Removed = "removed from Linux";

    /// <summary>The reason; null for a call that should have one and has none.</summary>
    public static string? Reason(string name) => name switch
    {
        "uselib" => "CONFIG_USELIB is off",
        "sysfs" => "CONFIG_SYSFS_SYSCALL is off",
        "modify_ldt" => "CONFIG_MODIFY_LDT_SYSCALL is off",
        "_sysctl" or "create_module" or "get_kernel_syms" or "query_module" or "nfsservctl"
            or "lookup_dcookie" => Removed,
        "acct" => "CONFIG_BSD_PROCESS_ACCT is off",
        "swapon" or "swapoff" => "CONFIG_SWAP is off",
        "iopl" or "ioperm" => "CONFIG_X86_IOPL_IOPERM is off",
        "init_module" or "delete_module" or "finit_module" => "CONFIG_MODULES is off",
        "getpmsg" or "putpmsg" or "afs_syscall" or "tuxcall" or "security" or "vserver"
            or "epoll_ctl_old" or "epoll_wait_old" => NeverWas,
        "set_thread_area" or "get_thread_area" => "for 32-bit programs only, on Linux too",
        "kexec_load" => "CONFIG_KEXEC is off",
        "kexec_file_load" => "CONFIG_KEXEC_FILE is off",
        "perf_event_open" => "CONFIG_PERF_EVENTS is off",
        "bpf" => "CONFIG_BPF_SYSCALL is off",
        "userfaultfd" => "CONFIG_USERFAULTFD is off",
        "rseq" => "CONFIG_RSEQ is off",
        "memfd_secret" => "CONFIG_SECRETMEM is off",
        "cachestat" => "CONFIG_CACHESTAT_SYSCALL is off",
        "map_shadow_stack" => "CONFIG_X86_USER_SHADOW_STACK is off",
        "lsm_get_self_attr" or "lsm_set_self_attr" or "lsm_list_modules" =>
            "as before Linux 6.8: not built yet",
        "mseal" => "as before Linux 6.10: not built yet",
        "setxattrat" or "getxattrat" or "listxattrat" or "removexattrat" =>
            "as before Linux 6.13: not built yet",
        _ => null,
    };
}

#include "system_calls.h"

#include <stddef.h>
#include <sys/syscall.h>

#define CALL(call) {__NR_##call, #call}

const lungtriage_call lungtriage_allowed_calls[] = {
    /* Descriptors that are open. */
    CALL(read), CALL(readv), CALL(pread64), CALL(preadv), CALL(preadv2), CALL(write), CALL(writev), CALL(pwrite64),
    CALL(pwritev), CALL(pwritev2), CALL(close), CALL(close_range), CALL(lseek), CALL(dup), CALL(dup3), CALL(fcntl),
    CALL(flock), CALL(ioctl), CALL(pipe2), CALL(fsync), CALL(fdatasync), CALL(sync_file_range), CALL(ftruncate),
    CALL(fallocate), CALL(fadvise64), CALL(readahead), CALL(copy_file_range), CALL(sendfile), CALL(splice),
    /* Files and folders, where Landlock allows it. */
    CALL(openat), CALL(openat2), CALL(newfstatat), CALL(fstat), CALL(statx), CALL(statfs), CALL(fstatfs),
    CALL(faccessat), CALL(faccessat2), CALL(readlinkat), CALL(getdents64), CALL(getcwd), CALL(mkdirat),
    CALL(unlinkat), CALL(renameat), CALL(renameat2), CALL(umask),
    /* Memory. */
    CALL(mmap), CALL(munmap), CALL(mprotect), CALL(mremap), CALL(madvise), CALL(mincore), CALL(msync), CALL(brk),
    CALL(mlock), CALL(mlock2), CALL(munlock), CALL(memfd_create), CALL(membarrier), CALL(mbind),
    CALL(get_mempolicy), CALL(set_mempolicy), CALL(pkey_alloc), CALL(pkey_free), CALL(pkey_mprotect),
    /* Threads; clone(2) has conditions. */
    CALL(futex), CALL(futex_waitv), CALL(set_robust_list), CALL(get_robust_list), CALL(set_tid_address), CALL(rseq),
    CALL(sched_yield), CALL(sched_getaffinity), CALL(sched_getparam), CALL(sched_getscheduler),
    CALL(sched_get_priority_max), CALL(sched_get_priority_min), CALL(getcpu), CALL(exit), CALL(exit_group),
    /* Signals of its own; kill(2) and tgkill(2) have conditions. */
    CALL(rt_sigaction), CALL(rt_sigprocmask), CALL(rt_sigreturn), CALL(rt_sigpending), CALL(rt_sigtimedwait),
    CALL(rt_sigsuspend), CALL(sigaltstack), CALL(signalfd4), CALL(restart_syscall),
    /* Time and waiting. */
    CALL(clock_gettime), CALL(clock_getres), CALL(clock_nanosleep), CALL(nanosleep), CALL(gettimeofday),
    CALL(times), CALL(timerfd_create), CALL(timerfd_settime), CALL(timerfd_gettime), CALL(epoll_create1),
    CALL(epoll_ctl), CALL(epoll_pwait), CALL(epoll_pwait2), CALL(eventfd2), CALL(ppoll), CALL(pselect6),
    /* The socket that was inherited; there is no way to another. */
    CALL(recvfrom), CALL(recvmsg), CALL(sendto), CALL(sendmsg), CALL(shutdown), CALL(getsockopt), CALL(getsockname),
    CALL(getpeername),
    /* Questions. */
    CALL(getpid), CALL(getppid), CALL(gettid), CALL(getpgid), CALL(getsid), CALL(getuid), CALL(geteuid),
    CALL(getgid), CALL(getegid), CALL(getresuid), CALL(getresgid), CALL(getgroups), CALL(capget), CALL(getpriority),
    CALL(getrusage), CALL(uname), CALL(sysinfo), CALL(getrandom),
#ifdef __x86_64__
    /* Older forms of the same. */
    CALL(open), CALL(creat), CALL(stat), CALL(lstat), CALL(access), CALL(readlink), CALL(getdents), CALL(mkdir),
    CALL(rmdir), CALL(unlink), CALL(rename), CALL(dup2), CALL(pipe), CALL(poll), CALL(select), CALL(epoll_create),
    CALL(epoll_wait), CALL(eventfd), CALL(getpgrp), CALL(time), CALL(arch_prctl), CALL(getrlimit),
#endif
    {-1, NULL},
};

const lungtriage_call lungtriage_refused_calls[] = {
    CALL(socket), CALL(socketpair), CALL(connect), CALL(bind), CALL(listen), CALL(accept), CALL(accept4),
    CALL(setsockopt), CALL(clone), CALL(execve), CALL(execveat), CALL(wait4), CALL(waitid), CALL(ptrace),
    CALL(process_vm_readv), CALL(process_vm_writev), CALL(process_madvise), CALL(kcmp), CALL(pidfd_open),
    CALL(pidfd_getfd), CALL(pidfd_send_signal), CALL(kill), CALL(tkill), CALL(tgkill), CALL(rt_sigqueueinfo),
    CALL(rt_tgsigqueueinfo), CALL(mount), CALL(umount2), CALL(pivot_root), CALL(chroot), CALL(chdir), CALL(fchdir),
    CALL(open_tree), CALL(move_mount), CALL(fsopen), CALL(fsconfig), CALL(fsmount), CALL(fspick),
    CALL(mount_setattr), CALL(open_by_handle_at), CALL(name_to_handle_at), CALL(unshare), CALL(setns), CALL(bpf),
    CALL(perf_event_open), CALL(userfaultfd), CALL(io_uring_setup), CALL(io_uring_enter), CALL(io_uring_register),
    CALL(io_setup), CALL(keyctl), CALL(add_key), CALL(request_key), CALL(init_module), CALL(finit_module),
    CALL(delete_module), CALL(kexec_load), CALL(reboot), CALL(personality), CALL(setuid), CALL(setgid),
    CALL(setreuid), CALL(setregid), CALL(setresuid), CALL(setresgid), CALL(setfsuid), CALL(setfsgid),
    CALL(setgroups), CALL(capset), CALL(setpgid), CALL(setsid), CALL(prctl), CALL(prlimit64), CALL(setrlimit),
    CALL(setpriority), CALL(sched_setaffinity), CALL(sched_setscheduler), CALL(sched_setparam), CALL(sched_setattr),
    CALL(ioprio_set), CALL(truncate), CALL(fchmod), CALL(fchmodat), CALL(fchown), CALL(fchownat), CALL(utimensat),
    CALL(setxattr), CALL(lsetxattr), CALL(fsetxattr), CALL(removexattr), CALL(getxattr), CALL(lgetxattr),
    CALL(fgetxattr), CALL(listxattr), CALL(llistxattr), CALL(flistxattr), CALL(linkat), CALL(symlinkat),
    CALL(mknodat), CALL(shmget), CALL(shmat), CALL(msgget), CALL(semget), CALL(mq_open), CALL(inotify_init1),
    CALL(fanotify_init), CALL(syslog), CALL(acct), CALL(swapon), CALL(settimeofday), CALL(clock_settime),
    CALL(adjtimex), CALL(sethostname), CALL(setdomainname), CALL(quotactl), CALL(migrate_pages), CALL(move_pages),
    CALL(timer_create), CALL(setitimer), CALL(sync), CALL(syncfs), CALL(tee), CALL(vmsplice), CALL(seccomp),
    CALL(kexec_file_load), CALL(landlock_create_ruleset), CALL(memfd_secret),
#ifdef __x86_64__
    CALL(fork), CALL(vfork), CALL(chmod), CALL(chown), CALL(lchown), CALL(link), CALL(symlink), CALL(mknod),
    CALL(utime), CALL(utimes), CALL(futimesat), CALL(modify_ldt), CALL(iopl), CALL(ioperm), CALL(inotify_init),
    CALL(alarm), CALL(pause),
#endif
    {-1, NULL},
};

/* What a plugin that has been turned against the hospital would try. Compiled into the threshold plugin with -DHOSTILE,
 * which then says in the log of each attempt whether it was stopped.
 *
 * SECRET: a file of another study. OUTSIDE: a file that is not there yet, outside of the staging folder. */
#define _GNU_SOURCE
#include "lungtriage_plugin.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

static int read_file(const char *path) {
    char byte;
    const int file = open(path, O_RDONLY);
    if (file < 0) return -1;
    const int count = (int)read(file, &byte, 1), code = errno;
    close(file);
    errno = code;
    return count;
}

static int read_of_daemon(const char *name) {
    char path[64];
    snprintf(path, sizeof path, "/proc/%d/%s", (int)getppid(), name);
    return read_file(path);
}

static int passwords(void) { return read_file("/etc/passwd"); }
static int other_study(void) { return read_file(SECRET); }
static int list_archive(void) {
    char folder[] = SECRET;
    *strrchr(folder, '/') = 0;
    return open(folder, O_RDONLY | O_DIRECTORY);
}
static int list_processes(void) { return open("/proc", O_RDONLY | O_DIRECTORY); }
static int daemon_environment(void) { return read_of_daemon("environ"); }
static int daemon_memory(void) { return read_of_daemon("mem"); }
static int reopen_study(void) {
    /* The study itself is open for reading, under some number; not so through its path. */
    char path[64];
    int result = -1, code = EACCES;
    for (int number = 3; number < 32 && result < 0; ++number) {
        struct stat facts;
        if (fstat(number, &facts) != 0 || !S_ISREG(facts.st_mode)) continue;
        snprintf(path, sizeof path, "/proc/self/fd/%d", number);
        result = open(path, O_RDWR);
        code = errno;
    }
    errno = code;
    return result;
}
static int write_outside(void) { return open(OUTSIDE, O_WRONLY | O_CREAT, 0600); }
static int write_study(void) { return open(SECRET, O_WRONLY); }
static int truncate_study(void) { return truncate(SECRET, 0); }
static int delete_study(void) { return unlink(SECRET); }
static int rename_study(void) { return rename(SECRET, OUTSIDE); }
static int link_study(void) { return link(SECRET, OUTSIDE); }
static int symbolic_link(void) { return symlink(SECRET, OUTSIDE); }
static int change_mode(void) { return chmod(SECRET, 0777); }

static int internet(void) { return socket(AF_INET, SOCK_STREAM, 0); }
static int bus(void) { return socket(AF_UNIX, SOCK_STREAM, 0); }
static int datagram(void) { return socket(AF_INET6, SOCK_DGRAM, 0); }

static int fork_process(void) {
    const pid_t child = fork();
    if (child == 0) _exit(0);
    if (child > 0) waitpid(child, NULL, 0);
    return child;
}
static int clone3_process(void) {
    unsigned long long arguments[8] = {0, 0, 0, 0, SIGCHLD};
    const long child = syscall(SYS_clone3, arguments, sizeof arguments);
    if (child == 0) _exit(0);
    return (int)child;
}
static int execute(void) {
    char *const arguments[] = {"true", NULL};
    return execve("/bin/true", arguments, NULL);
}

static int trace_daemon(void) { return (int)ptrace(PTRACE_SEIZE, getppid(), 0, 0); }
static int read_memory(void) {
    char byte;
    struct iovec own = {&byte, 1}, other = {(void *)&errno, 1};
    return (int)process_vm_readv(getppid(), &own, 1, &other, 1, 0);
}
/* Signal 0: whether it could be sent. */
static int signal_daemon(void) { return kill(getppid(), 0); }
static int signal_by_descriptor(void) {
    int ends[2];
    return pipe(ends) == 0 ? fcntl(ends[0], F_SETOWN, getppid()) : 0;
}
static int limit_daemon(void) {
    const struct rlimit limit = {64, 64};
    return prlimit(getppid(), RLIMIT_NOFILE, &limit, NULL);
}
static int move_daemon(void) {
    cpu_set_t all;
    sched_getaffinity(0, sizeof all, &all);
    return sched_setaffinity(getppid(), sizeof all, &all);
}

static int user_namespace(void) { return unshare(CLONE_NEWUSER); }
static int ring(void) { return (int)syscall(SYS_io_uring_setup, 1, NULL); }
static int berkeley_filter(void) { return (int)syscall(SYS_bpf, 0, NULL, 0); }
static int keys(void) { return (int)syscall(SYS_keyctl, 0, -3, 0); }
static int type_into_terminal(void) { return ioctl(STDERR_FILENO, TIOCSTI, "x"); }
/* The kernel ignores the upper half of the request, and a filter must, too. */
static int type_with_other_half(void) {
    return (int)syscall(SYS_ioctl, STDERR_FILENO, 0x100000000UL | TIOCSTI, "x");
}
static int silence_reports(void) { return signal(SIGSYS, SIG_IGN) == SIG_ERR ? -1 : 0; }

static void *socket_of_thread(void *result) {
    const int made = socket(AF_INET, SOCK_STREAM, 0);
    ((int *)result)[0] = made;
    ((int *)result)[1] = errno;
    return NULL;
}
static int thread(void) {
    int result[2] = {0, 0};
    pthread_t other;
    if (pthread_create(&other, NULL, socket_of_thread, result) != 0) return 0;
    pthread_join(other, NULL);
    errno = result[1];
    return result[0];
}

#define ATTEMPT(name) {#name, name}
static const struct {
    const char *name;
    int (*make)(void);
} attempts[] = {
    ATTEMPT(passwords), ATTEMPT(other_study), ATTEMPT(list_archive), ATTEMPT(list_processes),
    ATTEMPT(daemon_environment), ATTEMPT(daemon_memory), ATTEMPT(reopen_study), ATTEMPT(write_outside),
    ATTEMPT(write_study), ATTEMPT(truncate_study), ATTEMPT(delete_study), ATTEMPT(rename_study), ATTEMPT(link_study),
    ATTEMPT(symbolic_link), ATTEMPT(change_mode), ATTEMPT(internet), ATTEMPT(bus), ATTEMPT(datagram),
    ATTEMPT(fork_process), ATTEMPT(clone3_process), ATTEMPT(execute), ATTEMPT(trace_daemon), ATTEMPT(read_memory),
    ATTEMPT(signal_daemon), ATTEMPT(signal_by_descriptor), ATTEMPT(limit_daemon), ATTEMPT(move_daemon),
    ATTEMPT(user_namespace), ATTEMPT(ring), ATTEMPT(berkeley_filter), ATTEMPT(keys), ATTEMPT(type_into_terminal),
    ATTEMPT(type_with_other_half), ATTEMPT(silence_reports), ATTEMPT(thread),
};

void try_everything(const lungtriage_host *host);

void try_everything(const lungtriage_host *host) {
    for (unsigned index = 0; index < sizeof attempts / sizeof attempts[0]; ++index) {
        errno = 0;
        const int result = attempts[index].make();
        const int code = errno;
        /* Only these say that the kernel would not; others, that the attempt was a bad one. */
        const int stopped = result < 0 && (code == EPERM || code == EACCES || code == ENOSYS);
        char text[160];
        snprintf(text, sizeof text, "attempt %s: %s (%s)", attempts[index].name, stopped ? "stopped" : "SUCCEEDED",
                 strerror(code));
        host->log(host->context, LUNGTRIAGE_LOG_WARNING, text);
    }
}

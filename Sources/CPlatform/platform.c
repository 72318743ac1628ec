#define _GNU_SOURCE
#include "lungtriage_platform.h"

#include <errno.h>
#include <fcntl.h>
#include <link.h>
#include <malloc.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/timex.h>
#include <sys/vfs.h>
#include <unistd.h>

int lungtriage_exchange(const char *first, const char *second) {
    return renameat2(AT_FDCWD, first, AT_FDCWD, second, RENAME_EXCHANGE);
}

int lungtriage_rename_new(const char *from, const char *to) {
    return renameat2(AT_FDCWD, from, AT_FDCWD, to, RENAME_NOREPLACE);
}

int lungtriage_pidfd(pid_t process) { return (int)syscall(SYS_pidfd_open, process, 0); }

int lungtriage_spawn(pid_t *process, const char *program, char *const arguments[], char *const environment[],
                     int descriptor) {
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    sigset_t none, all;
    sigemptyset(&none);
    sigfillset(&all);
    posix_spawn_file_actions_init(&actions);
    posix_spawnattr_init(&attributes);
    /* dup2 onto the same number would leave close-on-exec set. */
    int moved = descriptor == 3 ? fcntl(descriptor, F_DUPFD_CLOEXEC, 4) : descriptor;
    int result = descriptor >= 0 && moved < 0 ? errno : 0;
    if (result == 0) result = posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDWR, 0);
    if (result == 0) result = posix_spawn_file_actions_adddup2(&actions, 0, 1);
    if (result == 0 && descriptor >= 0) result = posix_spawn_file_actions_adddup2(&actions, moved, 3);
    if (result == 0) result = posix_spawn_file_actions_addclosefrom_np(&actions, descriptor >= 0 ? 4 : 3);
    if (result == 0) result = posix_spawnattr_setsigmask(&attributes, &none);
    if (result == 0) result = posix_spawnattr_setsigdefault(&attributes, &all);
    if (result == 0)
        result = posix_spawnattr_setflags(
            &attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP);
    if (result == 0) result = posix_spawn(process, program, &actions, &attributes, arguments, environment);
    if (moved >= 0 && moved != descriptor) close(moved);
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&actions);
    return result;
}

void lungtriage_name_thread(const char *name) { prctl(PR_SET_NAME, name); }

static int signal_pipe[2] = {-1, -1};

/* Only what signal-safety(7) allows. */
static void note_signal(int number) {
    const int before = errno;
    const unsigned char byte = (unsigned char)number;
    if (write(signal_pipe[1], &byte, 1) < 0) {
        /* Full of signals that nobody has read: one more would change nothing. */
    }
    errno = before;
}

int lungtriage_catch_signals(const int *numbers, int count) {
    if (signal_pipe[0] < 0 && pipe2(signal_pipe, O_CLOEXEC | O_NONBLOCK) != 0) return -1;
    struct sigaction action = {.sa_handler = note_signal, .sa_flags = SA_RESTART};
    sigemptyset(&action.sa_mask);
    for (int i = 0; i < count; ++i)
        if (sigaction(numbers[i], &action, NULL) != 0) return -1;
    return signal_pipe[0];
}

/* Room for one descriptor, aligned as the kernel wants it. */
typedef union passage {
    char bytes[CMSG_SPACE(sizeof(int))];
    struct cmsghdr alignment;
} passage;

ssize_t lungtriage_send(int socket, const void *bytes, size_t count, int passed, int flags) {
    struct iovec content = {(void *)bytes, count};
    struct msghdr message = {.msg_iov = &content, .msg_iovlen = 1};
    passage passage;
    if (passed >= 0) {
        memset(&passage, 0, sizeof passage);
        message.msg_control = passage.bytes;
        message.msg_controllen = sizeof passage.bytes;
        struct cmsghdr *header = CMSG_FIRSTHDR(&message);
        header->cmsg_level = SOL_SOCKET;
        header->cmsg_type = SCM_RIGHTS;
        header->cmsg_len = CMSG_LEN(sizeof passed);
        memcpy(CMSG_DATA(header), &passed, sizeof passed);
    }
    return sendmsg(socket, &message, flags | MSG_NOSIGNAL);
}

ssize_t lungtriage_receive(int socket, void *bytes, size_t count, int *passed) {
    struct iovec content = {bytes, count};
    passage passage;
    struct msghdr message = {
        .msg_iov = &content, .msg_iovlen = 1, .msg_control = passage.bytes, .msg_controllen = sizeof passage.bytes};
    *passed = -1;
    const ssize_t result = recvmsg(socket, &message, MSG_CMSG_CLOEXEC);
    if (result < 0) return result;
    const struct cmsghdr *header = CMSG_FIRSTHDR(&message);
    if (header && header->cmsg_level == SOL_SOCKET && header->cmsg_type == SCM_RIGHTS &&
        header->cmsg_len == CMSG_LEN(sizeof *passed))
        memcpy(passed, CMSG_DATA(header), sizeof *passed);
    return result;
}

int lungtriage_has_writer(int descriptor) {
    if (fcntl(descriptor, F_SETLEASE, F_RDLCK) == 0) {
        fcntl(descriptor, F_SETLEASE, F_UNLCK);
        return 0;
    }
    return errno == EAGAIN ? 1 : -1;
}

uint64_t lungtriage_resident_bytes(pid_t process) {
    char path[64];
    snprintf(path, sizeof path, "/proc/%d/statm", (int)process);
    FILE *file = fopen(path, "re");
    if (!file) return 0;
    unsigned long long total = 0, resident = 0;
    int count = fscanf(file, "%llu %llu", &total, &resident);
    fclose(file);
    return count == 2 ? resident * (uint64_t)sysconf(_SC_PAGESIZE) : 0;
}

void lungtriage_limit_arenas(int count) {
#ifdef M_ARENA_MAX
    mallopt(M_ARENA_MAX, count);
#else
    (void)count;
#endif
}

static int release_object(struct dl_phdr_info *object, size_t size, void *context) {
    (void)size;
    (void)context;
    const uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
    for (int i = 0; i < object->dlpi_phnum; i++) {
        const ElfW(Phdr) *part = &object->dlpi_phdr[i];
        /* Never what can be written: a page of the file's would take the place of what was written. */
        if (part->p_type != PT_LOAD || !(part->p_flags & PF_X) || (part->p_flags & PF_W)) continue;
        const uintptr_t start = (object->dlpi_addr + part->p_vaddr) & ~(page - 1);
        const uintptr_t end = (object->dlpi_addr + part->p_vaddr + part->p_filesz) & ~(page - 1);
        if (end > start) madvise((void *)start, end - start, MADV_DONTNEED);
    }
    return 0;
}

void lungtriage_release_code(void) {
    dl_iterate_phdr(release_object, NULL);
    malloc_trim(0);
}

uint32_t lungtriage_file_system(const char *path) {
    struct statfs facts;
    return statfs(path, &facts) == 0 ? (uint32_t)facts.f_type : 0;
}

int lungtriage_clock_is_synchronized(void) {
    struct timex state = {0};
    int clock = adjtimex(&state);
    if (clock < 0) return -1;
    return clock != TIME_ERROR && (state.status & STA_UNSYNC) == 0;
}

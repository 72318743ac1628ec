#define _GNU_SOURCE
#include "lungtriage_confinement.h"
#include "system_calls.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <asm/sockios.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#if defined(__x86_64__)
#define OWN_ARCHITECTURE AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define OWN_ARCHITECTURE AUDIT_ARCH_AARCH64
#endif

/* Calls with a higher number came after Linux 6.1 (Debian 12), and the lists know nothing of them. They do not exist
   then, as on an older kernel, so that libraries take the way that they took before. */
#define LAST_KNOWN_CALL 450
/* Of the x32 interface, the system calls of x86-64 with other numbers. */
#define FIRST_X32_CALL 0x40000000

/* namespaces(7) of every kind that clone(2) can make. */
#define NAMESPACES                                                                                                     \
    (CLONE_NEWNS | CLONE_NEWCGROUP | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNET)

/* When the low half of an argument, which is all that the kernel looks at in these, has certain bits. */
typedef struct condition {
    int number;
    unsigned argument;
    uint32_t mask, value;
    uint32_t verdict;
} condition;

#define WHOLE UINT32_MAX
#define WHEN(call, argument, mask, value, verdict)                                                                     \
    { __NR_##call, argument, (uint32_t)(mask), (uint32_t)(value), SECCOMP_RET_##verdict }
#define OPTION(option) WHEN(prctl, 0, WHOLE, option, ALLOW)

enum { MOST_CONDITIONS = 32 };

/* Asked in this order, before the lists. */
static unsigned fill_conditions(condition *conditions, pid_t own) {
    const condition all[] = {
        /* Threads, no processes. */
        WHEN(clone, 0, CLONE_THREAD | NAMESPACES, CLONE_THREAD, ALLOW),
        /* Signals to itself alone: raise(3) and abort(3). */
        WHEN(kill, 0, WHOLE, own, ALLOW),
        WHEN(tgkill, 0, WHOLE, own, ALLOW),
        /* Its own limits and processors; those of the daemon, which is of the same user, it could change too. */
        WHEN(prlimit64, 0, WHOLE, 0, ALLOW),
        WHEN(prlimit64, 0, WHOLE, own, ALLOW),
        WHEN(sched_setaffinity, 0, WHOLE, 0, ALLOW),
        /* Dispatch wants its threads to go before others, which only root may, and tells syslog that it may not. This
           does nothing, and says that it was done. */
        WHEN(setpriority, 1, WHOLE, 0, ERRNO),
        /* Names of threads and of memory, and questions. */
        OPTION(PR_SET_NAME),
        OPTION(PR_GET_NAME),
        OPTION(0x53564d41 /* PR_SET_VMA */),
        OPTION(PR_GET_DUMPABLE),
        OPTION(PR_GET_SECCOMP),
        OPTION(PR_GET_NO_NEW_PRIVS),
        OPTION(PR_CAPBSET_READ),
        /* The kernel would send another process a signal in its name. */
        WHEN(fcntl, 1, WHOLE, F_SETOWN, TRAP),
        WHEN(fcntl, 1, WHOLE, F_SETOWN_EX, TRAP),
        WHEN(fcntl, 1, WHOLE, F_SETSIG, TRAP),
        WHEN(ioctl, 1, WHOLE, FIOSETOWN, TRAP),
        WHEN(ioctl, 1, WHOLE, SIOCSPGRP, TRAP),
        /* Types into the terminal that the daemon was started from. */
        WHEN(ioctl, 1, WHOLE, TIOCSTI, TRAP),
        WHEN(ioctl, 1, WHOLE, TIOCLINUX, TRAP),
        /* The handler that reports what was refused stays. */
        WHEN(rt_sigaction, 0, WHOLE, SIGSYS, TRAP),
    };
    enum { COUNT = sizeof all / sizeof all[0] };
    _Static_assert(COUNT <= MOST_CONDITIONS, "room for every condition");
    for (unsigned index = 0; index < COUNT; ++index) conditions[index] = all[index];
    return COUNT;
}

enum { MOST_STEPS = 1024 };

typedef struct program {
    struct sock_filter steps[MOST_STEPS];
    unsigned short count;
} program;

static void add(program *program, uint16_t code, uint32_t value, uint8_t when_true, uint8_t when_false) {
    if (program->count == MOST_STEPS) return;
    program->steps[program->count++] = (struct sock_filter){code, when_true, when_false, value};
}

static void load(program *program, size_t offset) { add(program, BPF_LD | BPF_W | BPF_ABS, (uint32_t)offset, 0, 0); }
static void answer(program *program, uint32_t verdict) { add(program, BPF_RET | BPF_K, verdict, 0, 0); }

/* A verdict when what was loaded compares so, else on to the next step but one. */
static void answer_when(program *program, uint16_t comparison, uint32_t value, uint32_t verdict) {
    add(program, BPF_JMP | comparison | BPF_K, value, 0, 1);
    answer(program, verdict);
}

static void add_condition(program *program, const condition *condition) {
    /* Both processors are little-endian: the low half comes first. */
    const size_t argument = offsetof(struct seccomp_data, args) + condition->argument * sizeof(uint64_t);
    add(program, BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)condition->number, 0, 5);
    load(program, argument);
    add(program, BPF_ALU | BPF_AND | BPF_K, condition->mask, 0, 0);
    answer_when(program, BPF_JEQ, condition->value, condition->verdict);
    load(program, offsetof(struct seccomp_data, nr));
}

static void build(program *program, uint32_t architecture, pid_t own) {
    condition conditions[MOST_CONDITIONS];
    const unsigned count = fill_conditions(conditions, own);
    program->count = 0;
    /* The numbers mean something else to a program that speaks another processor's interface. */
    load(program, offsetof(struct seccomp_data, arch));
    add(program, BPF_JMP | BPF_JEQ | BPF_K, architecture, 1, 0);
    answer(program, SECCOMP_RET_KILL_PROCESS);
    load(program, offsetof(struct seccomp_data, nr));
    answer_when(program, BPF_JGE, FIRST_X32_CALL, SECCOMP_RET_KILL_PROCESS);
    answer_when(program, BPF_JGT, LAST_KNOWN_CALL, SECCOMP_RET_ERRNO | ENOSYS);
    /* Its flags lie in memory, where a filter does not see them; the C library falls back to clone(2). */
    answer_when(program, BPF_JEQ, __NR_clone3, SECCOMP_RET_ERRNO | ENOSYS);
    for (unsigned index = 0; index < count; ++index) add_condition(program, &conditions[index]);
    for (const lungtriage_call *call = lungtriage_allowed_calls; call->name; ++call)
        answer_when(program, BPF_JEQ, (uint32_t)call->number, SECCOMP_RET_ALLOW);
    answer(program, SECCOMP_RET_TRAP);
}

int lungtriage_can_filter(void) {
#ifdef OWN_ARCHITECTURE
    return prctl(PR_GET_SECCOMP, 0, 0, 0, 0) >= 0;
#else
    return 0;
#endif
}

int lungtriage_filter_system_calls(void) {
#ifdef OWN_ARCHITECTURE
    program program;
    build(&program, OWN_ARCHITECTURE, getpid());
    if (program.count == MOST_STEPS) {
        errno = E2BIG;
        return -1;
    }
    const struct sock_fprog filter = {program.count, program.steps};
    const long result =
        syscall(__NR_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_TSYNC, &filter);
    /* The number of a thread that could not take it over. */
    if (result > 0) errno = EBUSY;
    return result == 0 ? 0 : -1;
#else
    errno = ENOSYS;
    return -1;
#endif
}

static const char *name_in(const lungtriage_call *calls, int number) {
    for (; calls->name; ++calls)
        if (calls->number == number) return calls->name;
    return NULL;
}

int lungtriage_filter_allows(int number) { return name_in(lungtriage_allowed_calls, number) != NULL; }

const char *lungtriage_system_call_name(int number) {
    const char *name = name_in(lungtriage_refused_calls, number);
    return name ? name : name_in(lungtriage_allowed_calls, number);
}

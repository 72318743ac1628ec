/* The kernel's means by which a process gives up rights for good: Landlock (landlock(7)) for files, seccomp
   (seccomp(2)) for system calls. Functions return -1 and set errno on failure unless they say otherwise. */
#ifndef LUNGTRIAGE_CONFINEMENT_H
#define LUNGTRIAGE_CONFINEMENT_H

#include <stdint.h>
#include <sys/types.h>

/* Landlock's version in the running kernel, from 1; -1 with ENOSYS or EOPNOTSUPP where there is none. */
int lungtriage_landlock_abi(void);

/* What a rule of Landlock allows below a path; the rights that the kernel's version does not know are left out. */
enum lungtriage_access {
    /* Reading files and listing folders. */
    LUNGTRIAGE_ACCESS_READ,
    /* Reading files by their names, without listing folders. */
    LUNGTRIAGE_ACCESS_LOOK_UP,
    /* Also writing, making, renaming and removing regular files and folders. */
    LUNGTRIAGE_ACCESS_WRITE,
    /* Reading, writing and ioctl(2) of device nodes that are there. */
    LUNGTRIAGE_ACCESS_DEVICE,
};

/* A descriptor for rules; everything that Landlock of this version can deny is denied but for what they allow. */
int lungtriage_landlock_create(int abi);

/* Allows something below a path. ENOENT, EACCES: there is no such path. */
int lungtriage_landlock_allow(int rules, int abi, const char *path, enum lungtriage_access access);

/* Puts the rules into force for the calling thread and those it starts from now on. Needs PR_SET_NO_NEW_PRIVS. */
int lungtriage_landlock_restrict(int rules);

/* No privileges, and no way to any: not with set-user-id programs (PR_SET_NO_NEW_PRIVS), and, where the process is
   root's, none of root's capabilities, with which it would see other processes' memory in spite of Landlock. */
int lungtriage_forgo_privileges(void);

/* Whether this processor's system calls are known to the filter. */
int lungtriage_can_filter(void);

/* Puts the filter of system calls into force for all threads of the process. What it refuses gets EPERM through the
   handler of `lungtriage_report_refusals`, which must be there before. */
int lungtriage_filter_system_calls(void);

/* Whether the filter lets a call pass, whatever its arguments; for tests. */
int lungtriage_filter_allows(int number);

/* The name of a system call that the filter knows; NULL for others. */
const char *lungtriage_system_call_name(int number);

/* Words of the stack that a report holds. */
#define LUNGTRIAGE_STACK_WORDS 128

/* A call that was refused. Written as a whole or not at all. */
typedef struct lungtriage_refusal {
    int32_t number;
    int32_t reserved;
    /* From where the stack ended at the call: the return address is among the first. */
    uintptr_t stack[LUNGTRIAGE_STACK_WORDS];
} lungtriage_refusal;

/* The descriptor of a pipe that gives a `lungtriage_refusal` for every call that the filter refuses. */
int lungtriage_report_refusals(void);

/* Calls a function with the path of every shared library of the process, in the order of loading. */
void lungtriage_each_library(void (*visit)(const char *path, void *context), void *context);

/* The path of the library that an address lies in; NULL for one in none. */
const char *lungtriage_library_at(uintptr_t address);

#endif

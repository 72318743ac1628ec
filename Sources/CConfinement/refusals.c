#define _GNU_SOURCE
#include "lungtriage_confinement.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <ucontext.h>
#include <unistd.h>

static int report_descriptor = -1;

/* Runs in place of a system call that was refused: only calls that are safe in a signal handler. */
static void refused(int number, siginfo_t *information, void *opaque) {
    (void)number;
    const int code = errno;
    ucontext_t *context = opaque;
    lungtriage_refusal refusal = {information->si_syscall, 0, {0}};
    const uintptr_t *stack = NULL;
    /* Not of the filter but of someone who sends signals. */
    if (information->si_code != 1 /* SYS_SECCOMP */) return;
#if defined(__x86_64__)
    context->uc_mcontext.gregs[REG_RAX] = -EPERM;
    stack = (const uintptr_t *)context->uc_mcontext.gregs[REG_RSP];
    memcpy(refusal.stack, stack, sizeof refusal.stack);
#elif defined(__aarch64__)
    context->uc_mcontext.regs[0] = (uint64_t)-EPERM;
    stack = (const uintptr_t *)context->uc_mcontext.sp;
    /* The return address of the innermost function may be in a register alone. */
    refusal.stack[0] = context->uc_mcontext.regs[30];
    memcpy(refusal.stack + 1, stack, sizeof refusal.stack - sizeof refusal.stack[0]);
#endif
    /* A report for which there is no room is lost; the refusal is not. */
    const ssize_t written = write(report_descriptor, &refusal, sizeof refusal);
    (void)written;
    errno = code;
}

int lungtriage_report_refusals(void) {
    struct sigaction action;
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0) return -1;
    /* A signal handler must not wait. */
    if (fcntl(ends[1], F_SETFL, O_NONBLOCK) != 0) return -1;
    memset(&action, 0, sizeof action);
    action.sa_sigaction = refused;
    action.sa_flags = SA_SIGINFO | SA_RESTART | SA_ONSTACK | SA_NODEFER;
    sigemptyset(&action.sa_mask);
    report_descriptor = ends[1];
    return sigaction(SIGSYS, &action, NULL) == 0 ? ends[0] : -1;
}

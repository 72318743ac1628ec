/* Which system calls a confined process may make. Everything that is not listed is refused.
 *
 * A list of what is allowed, and not of what is forbidden: the kernel gets new calls with every release, and one that
 * nobody has thought about must not be open. Landlock decides about paths, so opening is here; but what Landlock does
 * not look at in any version, or not in that of Debian 12 (ABI 2: truncate(2)), is left out: owners, modes, times,
 * extended attributes. */
#ifndef LUNGTRIAGE_SYSTEM_CALLS_H
#define LUNGTRIAGE_SYSTEM_CALLS_H

typedef struct lungtriage_call {
    int number;
    const char *name;
} lungtriage_call;

/* Each ends with a name that is NULL. */
extern const lungtriage_call lungtriage_allowed_calls[];
/* Named in reports; others are reported by number. Programs that mean no harm can do without either. */
extern const lungtriage_call lungtriage_refused_calls[];

#endif

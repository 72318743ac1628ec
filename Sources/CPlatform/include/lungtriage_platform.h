/* System calls that Swift's import of the C library leaves out. On failure they return -1 and set errno. */
#ifndef LUNGTRIAGE_PLATFORM_H
#define LUNGTRIAGE_PLATFORM_H

/* renameat2(2) with RENAME_EXCHANGE: two names of one file system change places in one step. */
int lungtriage_exchange(const char *first, const char *second);

#endif

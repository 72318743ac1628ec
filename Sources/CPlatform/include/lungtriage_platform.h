/* System calls that Swift's import of the C library leaves out. On failure they return -1 and set errno. */
#ifndef LUNGTRIAGE_PLATFORM_H
#define LUNGTRIAGE_PLATFORM_H

#include <stdint.h>
#include <sys/types.h>

/* renameat2(2) with RENAME_EXCHANGE: two names of one file system change places in one step. */
int lungtriage_exchange(const char *first, const char *second);

/* renameat2(2) with RENAME_NOREPLACE: EEXIST when there is something of the new name, even an empty folder. */
int lungtriage_rename_new(const char *from, const char *to);

/* pidfd_open(2): readable once the child has ended. */
int lungtriage_pidfd(pid_t process);

/* Starts a program with `descriptor` as its descriptor 3 (negative: without one), /dev/null as input and output, standard
   error as it is, no other descriptors, default signal handling, and a process group of its own. Returns an errno value,
   0 when it runs. */
int lungtriage_spawn(pid_t *process, const char *program, char *const arguments[], char *const environment[],
                     int descriptor);

/* Whether someone has the file open for writing: 1, 0, or -1 where the file system cannot tell (fcntl(2), F_SETLEASE). */
int lungtriage_has_writer(int descriptor);

/* Bytes that a process holds in memory (/proc/PID/statm); 0 when it is gone. */
uint64_t lungtriage_resident_bytes(pid_t process);

/* Bytes of memory that could be given to a program without swapping (MemAvailable of /proc/meminfo); 0 when unknown. */
uint64_t lungtriage_available_bytes(void);

/* Lets threads share so many of the allocator's arenas: fewer keep less memory that is free, and make threads wait
   (mallopt(3), M_ARENA_MAX). Before there are other threads. */
void lungtriage_limit_arenas(int count);

#endif

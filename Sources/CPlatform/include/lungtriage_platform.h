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

/* What ps(1) and debuggers call the calling thread: the name's first 15 bytes. */
void lungtriage_name_thread(const char *name);

/* From now on these signals are written into a pipe, a byte each that is the signal's number; the end to read from, which does not
   block and is closed when programs are started. The same one at every call. */
int lungtriage_catch_signals(const int *numbers, int count);

/* Sends bytes over a socket of the file system's kind, and a descriptor with the first of them (unix(7), SCM_RIGHTS) unless it
   is -1. As send(2) with MSG_NOSIGNAL and `flags`. */
ssize_t lungtriage_send(int socket, const void *bytes, size_t count, int passed, int flags);

/* As read(2); `passed` is the descriptor that came with the bytes, closed when programs are started, or -1. */
ssize_t lungtriage_receive(int socket, void *bytes, size_t count, int *passed);

/* Whether someone has the file open for writing: 1, 0, or -1 where the file system cannot tell (fcntl(2), F_SETLEASE). */
int lungtriage_has_writer(int descriptor);

/* Bytes that a process holds in memory (/proc/PID/statm); 0 when it is gone. */
uint64_t lungtriage_resident_bytes(pid_t process);

/* The kind of the file system that a path lies on, as statfs(2) numbers them; 0 when it cannot be told. */
uint32_t lungtriage_file_system(const char *path);

/* Whether something keeps the clock right: 1, 0, or -1 when the kernel does not say (adjtimex(2)). */
int lungtriage_clock_is_synchronized(void);

/* Lets threads share so many of the allocator's arenas: fewer keep less memory that is free, and make threads wait
   (mallopt(3), M_ARENA_MAX). Before there are other threads. */
void lungtriage_limit_arenas(int count);

/* Lets go of the pages of the program's and its libraries' code, which come back from the page cache when they are run
   (madvise(2), MADV_DONTNEED), and of free memory at the heap's end. */
void lungtriage_release_code(void);

#endif

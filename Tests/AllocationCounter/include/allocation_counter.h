#ifndef ALLOCATION_COUNTER_H
#define ALLOCATION_COUNTER_H

#include <stdint.h>

/// Whether this build counts: only with glibc, whose allocator can be wrapped, and without sanitizers.
int allocation_counter_works(void);
/// How often the calling thread has asked for memory so far: malloc, calloc, realloc, aligned_alloc, posix_memalign.
int64_t allocation_counter_value(void);

#endif

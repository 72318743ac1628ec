#ifndef LT_MEMORY_H
#define LT_MEMORY_H

#include <stdint.h>

/// Zero-filled memory, aligned to a 2 MiB page, with huge pages asked for: the Winograd transforms touch more than a
/// hundred pages of 4 KiB at once, more than the first-level TLB holds. NULL when the system refuses.
float *lt_memory_allocate(int64_t floats);
void lt_memory_free(float *memory, int64_t floats);

#endif

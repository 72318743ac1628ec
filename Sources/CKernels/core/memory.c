#include "lt_memory.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

enum { LT_HUGE_PAGE = 2 << 20 };

static size_t rounded(int64_t floats) {
  size_t bytes = (size_t)floats * sizeof(float);
  return bytes == 0 ? LT_HUGE_PAGE : (bytes + LT_HUGE_PAGE - 1) / LT_HUGE_PAGE * LT_HUGE_PAGE;
}

float *lt_memory_allocate(int64_t floats) {
  if (floats < 0 || floats > INT64_MAX / (int64_t)sizeof(float) - LT_HUGE_PAGE) return NULL;
  size_t bytes = rounded(floats);
  // One huge page more than needed, so that an aligned start can be cut out of it.
  char *mapping = mmap(NULL, bytes + LT_HUGE_PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (mapping == MAP_FAILED) return NULL;
  size_t head = (LT_HUGE_PAGE - (uintptr_t)mapping % LT_HUGE_PAGE) % LT_HUGE_PAGE;
  if (head) munmap(mapping, head);
  munmap(mapping + head + bytes, LT_HUGE_PAGE - head);
#ifdef MADV_HUGEPAGE
  madvise(mapping + head, bytes, MADV_HUGEPAGE);
#endif
  return (float *)(mapping + head);
}

void lt_memory_free(float *memory, int64_t floats) {
  if (memory) munmap(memory, rounded(floats));
}

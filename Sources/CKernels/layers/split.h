// How the layers' work is cut into shares for the pool. Shares depend on the shape alone, never on the threads, so that
// every sum keeps its order.
#ifndef LT_LAYERS_SPLIT_H
#define LT_LAYERS_SPLIT_H

#include <stddef.h>

#include "kernels.h"
#include "view.h"

enum {
  LT_SHARE_FLOATS = 65536,      // of an elementwise pass: long enough to hide a share's start, short enough to balance
  LT_SUM_SHARE_FLOATS = 32768,  // of a reduction, at least
  LT_SUM_SHARES = 64,           // of a reduction, at most: each leaves partial sums
  LT_FOLD_FLOATS = 1024,        // longest row made of several pixels
};

static inline int64_t lt_ceil_div(int64_t a, int64_t b) { return (a + b - 1) / b; }
static inline int64_t lt_min(int64_t a, int64_t b) { return a < b ? a : b; }
static inline int64_t lt_max(int64_t a, int64_t b) { return a > b ? a : b; }

static inline int lt_view_is_dense(lt_view v) { return v.stride == v.c || !v.data; }

/// Units 0 ..< count cut into `shares` of `unit_share` each, the last one shorter.
typedef struct {
  int64_t count, unit_share, shares;
} lt_split;

static inline lt_split lt_split_make(int64_t count, int64_t floats_per_unit, int64_t share_floats) {
  int64_t share = lt_max(1, share_floats / lt_max(1, floats_per_unit));
  return (lt_split){count, share, lt_ceil_div(count, share)};
}

/// For sums: also no more than LT_SUM_SHARES.
static inline lt_split lt_sum_split_make(int64_t count, int64_t floats_per_unit) {
  int64_t least = lt_max(1, LT_SUM_SHARE_FLOATS / lt_max(1, floats_per_unit));
  int64_t share = lt_max(least, lt_ceil_div(count, LT_SUM_SHARES));
  return (lt_split){count, share, lt_ceil_div(count, share)};
}

static inline int64_t lt_split_begin(lt_split s, int64_t share) { return share * s.unit_share; }
static inline int64_t lt_split_end(lt_split s, int64_t share) { return lt_min(s.count, (share + 1) * s.unit_share); }

/// Whether a tensor written in full should go past the caches: it would push everything out and not stay itself. `from`
/// are the tensors read; in place its lines are in the caches anyway.
int lt_should_stream(lt_view y, const float *from, const float *also_from);

/// Memory at the next multiple of a cache line.
static inline void *lt_align(void *p) { return (void *)(((uintptr_t)p + 63) & ~(uintptr_t)63); }

#endif

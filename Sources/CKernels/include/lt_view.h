#ifndef LT_VIEW_H
#define LT_VIEW_H

#include <stdint.h>

#include "lt_isa.h"
#include "lt_pool.h"

/// Where and how a kernel runs: the threads (NULL: the caller alone) and the instruction set.
typedef struct {
  lt_pool *pool;
  lt_isa isa;
} lt_context;

/// A channels-last activation N×H×W×C of float32 in someone else's memory. `stride` is the distance in floats from one
/// pixel to the next (≥ c), so a view can be a slice of the channels of a wider tensor; rows and images follow each
/// other without gaps.
typedef struct {
  float *data;
  int64_t n, h, w, c;
  int64_t stride;
} lt_view;

#endif

#include "split.h"

typedef struct {
  const lt_layer_kernels *kernels;
  lt_view large, small;
  const uint8_t *code;
  uint8_t *new_code;
  int accumulate, stream;
  lt_split split;  // rows of the small tensor, over all images
} job;

static job job_make(lt_context context, lt_view large, lt_view small) {
  lt_split split = lt_split_make(small.w > 0 && small.c > 0 ? small.n * small.h : 0, 4 * small.w * small.c,
                                 LT_SHARE_FLOATS);
  return (job){.kernels = lt_layer_kernels_for(context.isa), .large = large, .small = small, .split = split};
}

static void pool_share(void *argument, int64_t index, int worker) {
  (void)worker;
  const job *j = argument;
  j->kernels->max_pool(j->large, j->small, j->new_code, lt_split_begin(j->split, index), lt_split_end(j->split, index));
}

void lt_max_pool_forward(lt_context context, lt_view x, lt_view y, uint8_t *code) {
  job j = job_make(context, x, y);
  j.new_code = code;
  lt_pool_run(context.pool, j.split.shares, pool_share, &j);
}

static void unpool_share(void *argument, int64_t index, int worker) {
  (void)worker;
  const job *j = argument;
  j->kernels->max_unpool(j->small, j->code, j->accumulate, j->stream, j->large, lt_split_begin(j->split, index),
                         lt_split_end(j->split, index));
}

void lt_max_unpool(lt_context context, lt_view gy, const uint8_t *code, int accumulate, lt_view gx) {
  job j = job_make(context, gx, gy);
  j.code = code;
  j.accumulate = accumulate;
  j.stream = !accumulate && lt_should_stream(gx, NULL, NULL);
  if (j.split.shares == 0 && !accumulate) lt_fill(context, 0, gx);  // no window: still, others become 0
  lt_pool_run(context.pool, j.split.shares, unpool_share, &j);
}

static void gather_share(void *argument, int64_t index, int worker) {
  (void)worker;
  const job *j = argument;
  j->kernels->max_gather(j->large, j->code, j->small, lt_split_begin(j->split, index), lt_split_end(j->split, index));
}

void lt_max_gather(lt_context context, lt_view x, const uint8_t *code, lt_view y) {
  job j = job_make(context, x, y);
  j.code = code;
  lt_pool_run(context.pool, j.split.shares, gather_share, &j);
}

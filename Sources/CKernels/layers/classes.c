#include "lt_layers_reference.h"
#include "split.h"

typedef struct {
  const lt_layer_kernels *kernels;
  lt_view x, y;
  uint8_t *labels;
  lt_split split;  // pixels
} job;

static job job_make(lt_context context, lt_view x) {
  return (job){.kernels = lt_layer_kernels_for(context.isa),
               .x = x,
               .split = lt_split_make(x.c > 0 ? lt_view_pixels(x) : 0, x.c, LT_SHARE_FLOATS)};
}

static void softmax_share(void *argument, int64_t index, int worker) {
  (void)worker;
  const job *j = argument;
  j->kernels->softmax(j->x, j->y, lt_split_begin(j->split, index), lt_split_end(j->split, index));
}

void lt_softmax(lt_context context, lt_view x, lt_view y) {
  if (x.c > LT_CLASSES_MAX) {
    lt_softmax_reference(x, y);
    return;
  }
  job j = job_make(context, x);
  j.y = y;
  lt_pool_run(context.pool, j.split.shares, softmax_share, &j);
}

static void argmax_share(void *argument, int64_t index, int worker) {
  (void)worker;
  const job *j = argument;
  j->kernels->argmax(j->x, j->labels, lt_split_begin(j->split, index), lt_split_end(j->split, index));
}

void lt_argmax(lt_context context, lt_view x, uint8_t *labels) {
  job j = job_make(context, x);
  j.labels = labels;
  lt_pool_run(context.pool, j.split.shares, argmax_share, &j);
}

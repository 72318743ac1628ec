#include "dropout_hash.h"
#include "split.h"

typedef struct {
  lt_rows rows;
  lt_split split;  // of the rows, or of the one long row
  void (*kernel)(const lt_rows *);
  void (*dropout)(const lt_rows *, uint64_t, uint64_t, int32_t, float);
  uint64_t seed;
  int32_t threshold;
  float scale;
} job;

/// Views without gaps are one long row.
static job job_make(lt_view a, lt_view b, lt_view y) {
  int64_t pixels = lt_view_pixels(y);
  int dense = pixels == 1 || (lt_view_is_dense(a) && lt_view_is_dense(b) && lt_view_is_dense(y));
  lt_rows rows = {dense ? 1 : pixels, dense ? pixels * y.c : y.c, a.data, b.data, y.data, a.stride, b.stride, y.stride,
                  lt_should_stream(y, a.data, b.data)};
  return (job){.rows = rows, .split = lt_split_make(dense ? rows.length : pixels, dense ? 1 : y.c, LT_SHARE_FLOATS)};
}

static lt_rows share_of(const job *j, int64_t index) {
  lt_rows r = j->rows;
  int64_t begin = lt_split_begin(j->split, index), count = lt_split_end(j->split, index) - begin;
  int one_row = r.rows == 1;
  if (one_row)
    r.length = count;
  else
    r.rows = count;
  if (r.a_step) r.a += begin * (one_row ? 1 : r.a_step);  // no step: absent, or a constant
  if (r.b_step) r.b += begin * (one_row ? 1 : r.b_step);
  r.y += begin * (one_row ? 1 : r.y_step);
  return r;
}

static void run_share(void *argument, int64_t index, int worker) {
  (void)worker;
  const job *j = argument;
  lt_rows r = share_of(j, index);
  if (j->kernel) {
    j->kernel(&r);
    return;
  }
  int64_t first = lt_split_begin(j->split, index) * (j->rows.rows == 1 ? 1 : r.length);
  j->dropout(&r, (uint64_t)first, j->seed, j->threshold, j->scale);
}

static void run(lt_context context, job j) { lt_pool_run(context.pool, j.split.shares, run_share, &j); }

void lt_relu_forward(lt_context context, lt_view x, lt_view y) {
  job j = job_make(x, (lt_view){0}, y);
  j.kernel = lt_layer_kernels_for(context.isa)->relu_forward;
  run(context, j);
}

void lt_relu_backward(lt_context context, lt_view y, lt_view gy, lt_view gx) {
  job j = job_make(y, gy, gx);
  j.kernel = lt_layer_kernels_for(context.isa)->relu_backward;
  run(context, j);
}

void lt_copy(lt_context context, lt_view x, lt_view y) {
  job j = job_make(x, (lt_view){0}, y);
  j.kernel = lt_layer_kernels_for(context.isa)->copy;
  run(context, j);
}

void lt_add(lt_context context, lt_view x, lt_view y) {
  job j = job_make(x, y, y);
  j.kernel = lt_layer_kernels_for(context.isa)->add;
  run(context, j);
}

void lt_fill(lt_context context, float value, lt_view y) {
  job j = job_make((lt_view){0}, (lt_view){0}, y);
  j.rows.a = &value;
  j.kernel = lt_layer_kernels_for(context.isa)->fill;
  run(context, j);
}

void lt_dropout(lt_context context, lt_view x, float rate, uint64_t seed, lt_view y) {
  if (rate >= 1) {
    lt_fill(context, 0, y);
    return;
  }
  job j = job_make(x, (lt_view){0}, y);
  j.dropout = lt_layer_kernels_for(context.isa)->dropout;
  j.seed = seed;
  j.threshold = lt_dropout_threshold(rate);
  j.scale = 1 / (1 - rate);
  run(context, j);
}

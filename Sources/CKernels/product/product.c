// 1×1 and 2×2 transposed convolution: how their pixels and columns are shared out among the threads.
#include "lt_product.h"

#include <string.h>

#include "../core/product.h"

#if defined(__x86_64__)
extern const lt_product_kernels lt_product_avx2, lt_product_avx512;
#endif
extern const lt_product_kernels lt_product_portable;

const lt_product_kernels *lt_product_kernels_for(lt_isa isa) {
  switch (isa) {
#if defined(__x86_64__)
    case LT_ISA_AVX2:
      return &lt_product_avx2;
    case LT_ISA_AVX512:
      return &lt_product_avx512;
#endif
    default:
      return &lt_product_portable;
  }
}

static int64_t least(int64_t a, int64_t b) { return a < b ? a : b; }
static int64_t ceiling(int64_t a, int64_t b) { return (a + b - 1) / b; }

int64_t lt_product_packed_floats(lt_context context, int64_t k, int64_t n) {
  int64_t columns = lt_product_kernels_for(context.isa)->columns;
  return ceiling(n, columns) * columns * k;
}

void lt_product_pack(lt_context context, int64_t k, int64_t n, const float *matrix, int64_t ld, float *packed) {
  lt_product_kernels_for(context.isa)->pack(k, n, matrix, ld, packed);
}

typedef struct {
  const lt_product_kernels *kernels;
  lt_view x, y;
  const float *packed, *bias;
  int relu;
  int64_t matrix_floats;   // of one of the four packed matrices
  int64_t columns;         // output channels per task
  int64_t column_tasks;
  int64_t rows;            // pixels (1×1) or image rows (transposed) per task
} lt_job;

/// A task's weights should stay in L2 while its pixels stream past: at most this many floats of them.
enum { LT_WEIGHT_FLOATS = 48 << 10, LT_PIXELS = 512 };

static int64_t columns_per_task(const lt_product_kernels *kernels, int64_t k, int64_t n) {
  int64_t blocks = LT_WEIGHT_FLOATS / (k * kernels->columns);
  return least(n, (blocks < 1 ? 1 : blocks) * kernels->columns);
}

static void conv1x1_task(void *context, int64_t index, int worker) {
  (void)worker;
  const lt_job *job = context;
  int64_t n0 = index % job->column_tasks * job->columns, first = index / job->column_tasks * job->rows;
  int64_t count = least(job->rows, job->x.n * job->x.h * job->x.w - first);
  job->kernels->rows(count, job->x.c, n0, least(job->y.c, n0 + job->columns), job->x.data + first * job->x.stride,
                     job->x.stride, job->packed, job->bias, job->relu, job->y.data + first * job->y.stride,
                     job->y.stride);
}

void lt_conv1x1_forward(lt_context context, lt_view x, const float *packed, const float *bias, int relu, lt_view y) {
  lt_job job = {.kernels = lt_product_kernels_for(context.isa),
                .x = x,
                .y = y,
                .packed = packed,
                .bias = bias,
                .relu = relu,
                .rows = LT_PIXELS};
  job.columns = columns_per_task(job.kernels, x.c, y.c);
  job.column_tasks = ceiling(y.c, job.columns);
  lt_pool_run(context.pool, job.column_tasks * ceiling(x.n * x.h * x.w, LT_PIXELS), conv1x1_task, &job);
}

static void transposed_task(void *context, int64_t index, int worker) {
  (void)worker;
  const lt_job *job = context;
  const lt_view x = job->x, y = job->y;
  int64_t corner = index % 4, n0 = index / 4 % job->column_tasks * job->columns;
  int64_t first = index / 4 / job->column_tasks * job->rows, last = least(x.n * x.h, first + job->rows);
  for (int64_t row = first; row < last; row++)
    job->kernels->rows(x.w, x.c, n0, least(y.c, n0 + job->columns), x.data + row * x.w * x.stride, x.stride,
                       job->packed + corner * job->matrix_floats, job->bias, 0,
                       y.data + ((row * 2 + corner / 2) * y.w + corner % 2) * y.stride, 2 * y.stride);
}

void lt_transposed2x2_forward(lt_context context, lt_view x, const float *packed, const float *bias, lt_view y) {
  lt_job job = {.kernels = lt_product_kernels_for(context.isa), .x = x, .y = y, .packed = packed, .bias = bias};
  job.matrix_floats = lt_product_packed_floats(context, x.c, y.c);
  job.rows = ceiling(LT_PIXELS, x.w);
  job.columns = columns_per_task(job.kernels, x.c, y.c);
  job.column_tasks = ceiling(y.c, job.columns);
  lt_pool_run(context.pool, 4 * job.column_tasks * ceiling(x.n * x.h, job.rows), transposed_task, &job);
}

typedef struct {
  lt_view gy;
  float *rows;
} lt_gather;

static void gather_task(void *context, int64_t row, int worker) {
  (void)worker;
  const lt_gather *job = context;
  const lt_view gy = job->gy;
  int64_t w = gy.w / 2;
  size_t bytes = (size_t)gy.c * sizeof(float);
  for (int64_t j = 0; j < w; j++)
    for (int64_t corner = 0; corner < 4; corner++)
      memcpy(job->rows + ((row * w + j) * 4 + corner) * gy.c,
             gy.data + ((row * 2 + corner / 2) * gy.w + 2 * j + corner % 2) * gy.stride, bytes);
}

void lt_transposed2x2_gather(lt_context context, lt_view gy, float *rows) {
  lt_gather job = {gy, rows};
  lt_pool_run(context.pool, gy.n * gy.h / 2, gather_task, &job);
}

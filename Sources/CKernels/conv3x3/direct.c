#include "direct.h"

#include <string.h>

#include "../core/product.h"
#include "winograd.h"

enum { LT_STRIP = 48, LT_ROWS_PER_PART = 16 };

typedef struct {
  const lt_conv3x3_plan *plan;
  const lt_product_kernels *kernels;
  lt_view x, y;
  const float *packed, *bias;
  int relu;
  float *scratch, *sums;
} lt_job;

static int64_t patch_floats(const lt_conv3x3_plan *plan) { return 9 * plan->ci; }
static int64_t strip_floats(const lt_conv3x3_plan *plan) { return lt_padded(LT_STRIP * patch_floats(plan)); }

int64_t lt_conv3x3_direct_packed_floats(const lt_conv3x3_plan *plan) {
  return lt_round_up(plan->co, lt_product_kernels_for(plan->isa)->columns) * patch_floats(plan);
}
int64_t lt_conv3x3_direct_scratch_floats(const lt_conv3x3_plan *plan) { return plan->threads * strip_floats(plan); }

void lt_conv3x3_direct_pack(const lt_conv3x3_plan *plan, const float *hwio, float *packed) {
  lt_product_kernels_for(plan->isa)->pack(patch_floats(plan), plan->co, hwio, plan->co, packed);
}

/// The 3×3×ci patches around `count` pixels of a row (row numbered over all images), zeros outside the image.
static void gather_patches(lt_view x, int64_t row, int64_t column, int64_t count, float *patches) {
  const size_t bytes = (size_t)x.c * sizeof(float);
  const int64_t i = row % x.h;
  for (int64_t j = 0; j < count; j++)
    for (int64_t a = -1; a <= 1; a++)
      for (int64_t b = -1; b <= 1; b++, patches += x.c) {
        int64_t s = column + j + b;
        if (i + a < 0 || i + a >= x.h || s < 0 || s >= x.w) memset(patches, 0, bytes);
        else if (x.c == 1) *patches = x.data[((row + a) * x.w + s) * x.stride];
        else memcpy(patches, x.data + ((row + a) * x.w + s) * x.stride, bytes);
      }
}

static void row_task(void *context, int64_t row, int worker) {
  const lt_job *job = context;
  const int64_t k = patch_floats(job->plan);
  float *patches = job->scratch + worker * strip_floats(job->plan);
  for (int64_t column = 0; column < job->x.w; column += LT_STRIP) {
    int64_t count = lt_least(LT_STRIP, job->x.w - column);
    gather_patches(job->x, row, column, count, patches);
    job->kernels->rows(count, k, 0, job->y.c, patches, k, job->packed, job->bias, job->relu,
                       job->y.data + (row * job->y.w + column) * job->y.stride, job->y.stride);
  }
}

void lt_conv3x3_direct(lt_context context, const lt_conv3x3_plan *plan, lt_view x, const float *packed,
                       const float *bias, int relu, lt_view y, float *scratch) {
  lt_job job = {.plan = plan,
                .kernels = lt_product_kernels_for(plan->isa),
                .x = x,
                .y = y,
                .packed = packed,
                .bias = bias,
                .relu = relu,
                .scratch = scratch};
  lt_pool_run(context.pool, x.n * x.h, row_task, &job);
}

static int64_t parts(const lt_conv3x3_plan *plan) {
  return (plan->n * plan->h + LT_ROWS_PER_PART - 1) / LT_ROWS_PER_PART;
}
static int64_t gradient_floats(const lt_conv3x3_plan *plan) { return lt_padded(patch_floats(plan) * plan->co); }

int64_t lt_conv3x3_direct_gradient_scratch_floats(const lt_conv3x3_plan *plan) {
  return plan->threads * strip_floats(plan) + parts(plan) * gradient_floats(plan);
}

/// One part of the rows, summed on its own: the parts are added in order afterwards, whoever computed them.
static void gradient_task(void *context, int64_t part, int worker) {
  const lt_job *job = context;
  const lt_conv3x3_plan *plan = job->plan;
  const int64_t k = patch_floats(plan), rows = plan->n * plan->h;
  float *patches = job->scratch + worker * strip_floats(plan), *sum = job->sums + part * gradient_floats(plan);
  int accumulate = 0;
  for (int64_t row = part * LT_ROWS_PER_PART; row < lt_least(rows, (part + 1) * LT_ROWS_PER_PART); row++)
    for (int64_t column = 0; column < plan->w; column += LT_STRIP, accumulate = 1) {
      int64_t count = lt_least(LT_STRIP, plan->w - column);
      gather_patches(job->x, row, column, count, patches);
      job->kernels->transposed(count, k, plan->co, patches, k,
                               job->y.data + (row * plan->w + column) * job->y.stride, job->y.stride, accumulate, sum,
                               plan->co);
    }
}

void lt_conv3x3_direct_gradient(lt_context context, const lt_conv3x3_plan *plan, lt_view x, lt_view gy, float *gw,
                                float *scratch) {
  lt_job job = {.plan = plan, .kernels = lt_product_kernels_for(plan->isa), .x = x, .y = gy, .scratch = scratch};
  job.sums = scratch + plan->threads * strip_floats(plan);
  lt_pool_run(context.pool, parts(plan), gradient_task, &job);
  const int64_t count = patch_floats(plan) * plan->co;
  for (int64_t i = 0; i < count; i++) {
    double sum = 0;
    for (int64_t part = 0; part < parts(plan); part++) sum += job.sums[part * gradient_floats(plan) + i];
    gw[i] = (float)sum;
  }
}

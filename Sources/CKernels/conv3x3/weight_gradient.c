// The weights' gradient, as the exact adjoint of the Winograd convolution:
//   gw = Gᵀ [ Σ over tiles (Bᵀ x B) ⊗ (A gy Aᵀ) ] G,
// which keeps its saving in multiplications. Tiles are taken in groups; per group every thread transforms tiles, then
// takes frequencies, so that each sum is formed by one thread in a fixed order.
#include <string.h>

#include "direct.h"
#include "lt_conv3x3.h"
#include "winograd.h"

typedef struct {
  const lt_conv3x3_plan *plan;
  const lt_winograd_kernels *kernels;
  lt_view x, gy;
  float *gw;
  lt_tiles v, d;  // transformed input and transformed output gradient of the group
  float *sums;    // [frequency][ci][row_stride]
  int64_t row_stride, sums_stride;
  int64_t first, last;
} lt_job;

enum { LT_TILES_PER_TASK = 4, LT_INPUTS_PER_TASK = 8 };

static int frequencies(const lt_conv3x3_plan *plan) { return (plan->algorithm + 2) * (plan->algorithm + 2); }

/// Both transformed groups together should stay in the last-level cache.
static int64_t tiles_per_group(const lt_conv3x3_plan *plan) {
  int64_t cache_floats = 3 << 19, per_tile = frequencies(plan) * (plan->ci + plan->co);
  int64_t tiles = lt_round_up(cache_floats / per_tile, LT_TILES_PER_TASK);
  if (tiles < 64) tiles = 64;
  return lt_least(tiles, lt_tile_count(plan->n, plan->h, plan->w, plan->algorithm));
}

static lt_tiles tiles_for(const lt_conv3x3_plan *plan, int64_t channels, float *data) {
  int64_t lines = lt_round_up(channels, lt_winograd_kernels_for(plan->isa)->columns) / LT_LINE + 1;
  int64_t line_stride = tiles_per_group(plan) * LT_LINE;
  return (lt_tiles){data, lt_padded(lines * line_stride), LT_LINE, line_stride};
}

static lt_job make_job(const lt_conv3x3_plan *plan, float *scratch) {
  lt_job job = {.plan = plan, .kernels = lt_winograd_kernels_for(plan->isa)};
  job.v = tiles_for(plan, plan->ci, scratch);
  job.d = tiles_for(plan, plan->co, scratch + frequencies(plan) * job.v.frequency_stride);
  job.sums = job.d.data + frequencies(plan) * job.d.frequency_stride;
  job.row_stride = lt_round_up(plan->co, job.kernels->columns);
  job.sums_stride = lt_padded(plan->ci * job.row_stride);
  return job;
}

int64_t lt_conv3x3_weight_gradient_scratch_floats(const lt_conv3x3_plan *plan) {
  if (plan->algorithm == LT_CONV_DIRECT) return lt_conv3x3_direct_gradient_scratch_floats(plan);
  lt_job job = make_job(plan, NULL);
  return frequencies(plan) * (job.v.frequency_stride + job.d.frequency_stride + job.sums_stride);
}

static void transform_task(void *context, int64_t index, int worker) {
  (void)worker;
  const lt_job *job = context;
  int64_t first = job->first + index * LT_TILES_PER_TASK, last = lt_least(job->last, first + LT_TILES_PER_TASK);
  lt_tiles v = job->v, d = job->d;
  v.data += (first - job->first) * v.tile_stride;
  d.data += (first - job->first) * d.tile_stride;
  job->kernels->input(job->plan->algorithm, job->x, first, last, 0, job->plan->ci, v);
  job->kernels->output_adjoint(job->plan->algorithm, job->gy, first, last, d);
}

static void frequency_task(void *context, int64_t frequency, int worker) {
  (void)worker;
  const lt_job *job = context;
  job->kernels->multiply_adjoint(job->last - job->first, job->plan->ci, job->plan->co,
                                 job->v.data + frequency * job->v.frequency_stride,
                                 job->d.data + frequency * job->d.frequency_stride, job->v.line_stride, job->first > 0,
                                 job->sums + frequency * job->sums_stride, job->row_stride);
}

static void weights_task(void *context, int64_t index, int worker) {
  (void)worker;
  const lt_job *job = context;
  int64_t ci0 = index * LT_INPUTS_PER_TASK;
  job->kernels->weights_adjoint(job->plan->algorithm, job->sums, job->row_stride, job->sums_stride, job->plan->ci,
                                job->plan->co, ci0, lt_least(job->plan->ci, ci0 + LT_INPUTS_PER_TASK), job->gw);
}

void lt_conv3x3_weight_gradient(lt_context context, const lt_conv3x3_plan *plan, lt_view x, lt_view gy, float *gw,
                                float *scratch) {
  if (plan->algorithm == LT_CONV_DIRECT) {
    lt_conv3x3_direct_gradient(context, plan, x, gy, gw, scratch);
    return;
  }
  lt_job job = make_job(plan, scratch);
  job.x = x;
  job.gy = gy;
  job.gw = gw;
  int64_t tiles = lt_tile_count(plan->n, plan->h, plan->w, plan->algorithm), group = tiles_per_group(plan);
  for (int64_t first = 0; first < tiles; first += group) {
    job.first = first;
    job.last = lt_least(tiles, first + group);
    lt_pool_run(context.pool, (job.last - first + LT_TILES_PER_TASK - 1) / LT_TILES_PER_TASK, transform_task, &job);
    lt_pool_run(context.pool, frequencies(plan), frequency_task, &job);
  }
  lt_pool_run(context.pool, (plan->ci + LT_INPUTS_PER_TASK - 1) / LT_INPUTS_PER_TASK, weights_task, &job);
}

// The forward pass of the 3×3 convolution: which loop order, and the loops.
//
// Both orders work on groups of tiles whose transformed input V is held at once:
//   private groups (few channels, many tiles): each task transforms a small group, multiplies it with all weights,
//     transformed beforehand, and transforms back; V and the products stay in the core's L2.
//   shared groups (many channels, few tiles): all threads transform a large group together, then each task takes a
//     narrow block of output channels for all its tiles. Weights stay untransformed, which is 4 to 7 times less to read
//     and to hold, and are transformed in passing, once per group.
#include "lt_conv3x3.h"

#include <string.h>

#include "direct.h"
#include "winograd.h"

typedef struct {
  const lt_conv3x3_plan *plan;
  const lt_winograd_kernels *kernels;
  lt_view x, y;
  const float *weights, *bias;
  int relu;
  float *scratch;
  int64_t first, last;  // the shared group's tiles
} lt_job;

/// Input channels whose weights are transformed in passing at once.
enum { LT_K_PASSING = 512 };

static int frequencies(const lt_conv3x3_plan *plan) { return (plan->algorithm + 2) * (plan->algorithm + 2); }

static lt_tiles group_tiles(const lt_conv3x3_plan *plan, float *data) {
  int64_t channels = lt_round_up(plan->ci, LT_LINE);
  return (lt_tiles){data, lt_padded(plan->tiles_per_group * channels), channels, LT_LINE};
}
static int64_t group_floats(const lt_conv3x3_plan *plan) {
  return frequencies(plan) * group_tiles(plan, NULL).frequency_stride;
}

static lt_tiles product_tiles(const lt_conv3x3_plan *plan, float *data) {
  return (lt_tiles){data, lt_padded(plan->tiles_per_group * plan->channels_per_block), plan->channels_per_block,
                    LT_LINE};
}
static int64_t product_floats(const lt_conv3x3_plan *plan) {
  return frequencies(plan) * product_tiles(plan, NULL).frequency_stride;
}
static int64_t passing_weight_floats(const lt_conv3x3_plan *plan) {
  return frequencies(plan) * lt_padded(lt_least(plan->ci, LT_K_PASSING) * plan->channels_per_block);
}
static int64_t worker_floats(const lt_conv3x3_plan *plan) {
  return product_floats(plan) + (plan->shared ? passing_weight_floats(plan) : group_floats(plan));
}

/// One block of output channels: which, how wide with padding to whole register blocks, where its weights lie.
typedef struct {
  int64_t co0, co1, width;
  const float *weights;
} lt_channel_block;

static int64_t channel_blocks(const lt_conv3x3_plan *plan) {
  return (plan->co + plan->channels_per_block - 1) / plan->channels_per_block;
}
static int64_t block_floats(const lt_conv3x3_plan *plan) {
  int64_t per_input = plan->channels_per_block;
  return plan->shared ? 9 * plan->ci * per_input : frequencies(plan) * lt_padded(plan->ci * per_input);
}
static lt_channel_block channel_block(const lt_job *job, int64_t index) {
  const lt_conv3x3_plan *plan = job->plan;
  int64_t co0 = index * plan->channels_per_block, co1 = lt_least(plan->co, co0 + plan->channels_per_block);
  return (lt_channel_block){co0, co1, lt_round_up(co1 - co0, job->kernels->columns),
                            job->weights + index * block_floats(plan)};
}

/// Against weights transformed beforehand.
static void multiply_transformed(const lt_job *job, lt_channel_block block, int64_t first, int64_t last, lt_tiles v,
                                 float *scratch) {
  const lt_conv3x3_plan *plan = job->plan;
  lt_tiles products = product_tiles(plan, scratch);
  job->kernels->multiply(frequencies(plan), last - first, plan->ci, block.width, v, block.weights,
                         lt_padded(block.width * plan->ci), plan->ci * job->kernels->columns, 0, products);
  job->kernels->output(plan->algorithm, products, first, last, block.co0, block.co1, job->bias, job->relu, job->y);
}

/// Against weights transformed just before, a range of input channels at a time.
static void multiply_passing(const lt_job *job, lt_channel_block block, int64_t first, int64_t last, lt_tiles v,
                             float *scratch) {
  const lt_conv3x3_plan *plan = job->plan;
  lt_tiles products = product_tiles(plan, scratch);
  float *u = scratch + product_floats(plan);
  for (int64_t k = 0; k < plan->ci; k += LT_K_PASSING) {
    int64_t depth = lt_least(plan->ci - k, LT_K_PASSING), u_stride = lt_padded(block.width * depth);
    lt_taps taps = {block.weights + k * 9 * plan->channels_per_block, 9 * plan->channels_per_block,
                    plan->channels_per_block};
    job->kernels->weights(plan->algorithm, taps, depth, block.width, block.width, u, u_stride);
    lt_tiles part = v;
    part.data += k;
    job->kernels->multiply(frequencies(plan), last - first, depth, block.width, part, u, u_stride,
                           depth * job->kernels->columns, k > 0, products);
  }
  job->kernels->output(plan->algorithm, products, first, last, block.co0, block.co1, job->bias, job->relu, job->y);
}

static void private_group_task(void *context, int64_t index, int worker) {
  const lt_job *job = context;
  const lt_conv3x3_plan *plan = job->plan;
  float *scratch = job->scratch + worker * worker_floats(plan);
  int64_t first = index * plan->tiles_per_group, last = lt_least(job->last, first + plan->tiles_per_group);
  lt_tiles v = group_tiles(plan, scratch);
  job->kernels->input(plan->algorithm, job->x, first, last, 0, plan->ci, v);
  for (int64_t block = 0; block < channel_blocks(plan); block++)
    multiply_transformed(job, channel_block(job, block), first, last, v, scratch + group_floats(plan));
}

enum { LT_TILES_PER_INPUT_TASK = 4 };

static void shared_input_task(void *context, int64_t index, int worker) {
  (void)worker;
  const lt_job *job = context;
  int64_t first = job->first + index * LT_TILES_PER_INPUT_TASK;
  lt_tiles v = group_tiles(job->plan, job->scratch);
  v.data += (first - job->first) * v.tile_stride;
  job->kernels->input(job->plan->algorithm, job->x, first, lt_least(job->last, first + LT_TILES_PER_INPUT_TASK), 0,
                      job->plan->ci, v);
}

static void shared_block_task(void *context, int64_t index, int worker) {
  const lt_job *job = context;
  float *own = job->scratch + group_floats(job->plan) + worker * worker_floats(job->plan);
  multiply_passing(job, channel_block(job, index), job->first, job->last, group_tiles(job->plan, job->scratch), own);
}

static void run_winograd(lt_context context, lt_job *job) {
  const lt_conv3x3_plan *plan = job->plan;
  int64_t tiles = lt_tile_count(plan->n, plan->h, plan->w, plan->algorithm);
  if (!plan->shared) {
    job->last = tiles;
    lt_pool_run(context.pool, (tiles + plan->tiles_per_group - 1) / plan->tiles_per_group, private_group_task, job);
    return;
  }
  for (int64_t first = 0; first < tiles; first += plan->tiles_per_group) {
    job->first = first;
    job->last = lt_least(tiles, first + plan->tiles_per_group);
    int64_t count = (job->last - first + LT_TILES_PER_INPUT_TASK - 1) / LT_TILES_PER_INPUT_TASK;
    lt_pool_run(context.pool, count, shared_input_task, job);
    lt_pool_run(context.pool, channel_blocks(plan), shared_block_task, job);
  }
}

void lt_conv3x3_forward(lt_context context, const lt_conv3x3_plan *plan, lt_view x, const float *packed,
                        const float *bias, int relu, lt_view y, float *scratch) {
  if (plan->algorithm == LT_CONV_DIRECT) {
    lt_conv3x3_direct(context, plan, x, packed, bias, relu, y, scratch);
    return;
  }
  lt_job job = {.plan = plan,
                .kernels = lt_winograd_kernels_for(plan->isa),
                .x = x,
                .y = y,
                .weights = packed,
                .bias = bias,
                .relu = relu,
                .scratch = scratch};
  run_winograd(context, &job);
}

int64_t lt_conv3x3_scratch_floats(const lt_conv3x3_plan *plan) {
  if (plan->algorithm == LT_CONV_DIRECT) return lt_conv3x3_direct_scratch_floats(plan);
  return (plan->shared ? group_floats(plan) : 0) + plan->threads * worker_floats(plan);
}

int64_t lt_conv3x3_packed_floats(const lt_conv3x3_plan *plan) {
  if (plan->algorithm == LT_CONV_DIRECT) return lt_conv3x3_direct_packed_floats(plan);
  return channel_blocks(plan) * block_floats(plan);
}

typedef struct {
  const lt_conv3x3_plan *plan;
  const float *hwio;
  float *packed;
} lt_packing;

static void pack_passing(const lt_conv3x3_plan *plan, const float *hwio, int64_t co0, float *packed) {
  int64_t width = plan->channels_per_block, count = lt_least(width, plan->co - co0);
  for (int64_t i = 0; i < plan->ci; i++)
    for (int64_t tap = 0; tap < 9; tap++) {
      float *row = packed + (i * 9 + tap) * width;
      memcpy(row, hwio + (tap * plan->ci + i) * plan->co + co0, (size_t)count * sizeof(float));
      memset(row + count, 0, (size_t)(width - count) * sizeof(float));
    }
}

static void pack_task(void *context, int64_t index, int worker) {
  (void)worker;
  const lt_packing *job = context;
  const lt_conv3x3_plan *plan = job->plan;
  const lt_winograd_kernels *kernels = lt_winograd_kernels_for(plan->isa);
  int64_t co0 = index * plan->channels_per_block;
  int64_t count = lt_least(plan->co - co0, plan->channels_per_block), width = lt_round_up(count, kernels->columns);
  float *packed = job->packed + index * block_floats(plan);
  if (plan->shared) {
    pack_passing(plan, job->hwio, co0, packed);
    return;
  }
  lt_taps taps = {job->hwio + co0, plan->co, plan->ci * plan->co};
  kernels->weights(plan->algorithm, taps, plan->ci, count, width, packed, lt_padded(width * plan->ci));
}

void lt_conv3x3_pack(lt_context context, const lt_conv3x3_plan *plan, const float *hwio, float *packed) {
  if (plan->algorithm == LT_CONV_DIRECT) {
    lt_conv3x3_direct_pack(plan, hwio, packed);
    return;
  }
  lt_packing job = {plan, hwio, packed};
  lt_pool_run(context.pool, channel_blocks(plan), pack_task, &job);
}

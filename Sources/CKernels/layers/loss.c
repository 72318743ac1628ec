#include <math.h>

#include "split.h"

static const double smoothing = 1e-5;

typedef struct {
  const lt_layer_kernels *kernels;
  lt_view logits, gx;
  const uint8_t *labels;
  const lt_loss_options *options;
  lt_loss_gradient gradient;
  double *sums;  // of every share
  int64_t sums_per_share;
  lt_split split;  // pixels
} job;

static int64_t sums_per_share(int64_t c) { return LT_LOSS_DICE + 3 * c; }

int64_t lt_loss_scratch_floats(lt_context context, int64_t n, int64_t h, int64_t w, int64_t c) {
  (void)context;
  return 2 * sums_per_share(c) * (lt_sum_split_make(n * h * w, c).shares + 1) + 16;
}

static void sums_share(void *argument, int64_t index, int worker) {
  (void)worker;
  const job *j = argument;
  j->kernels->loss_sums(j->logits, j->labels, j->options, lt_split_begin(j->split, index),
                        lt_split_end(j->split, index), j->sums + index * j->sums_per_share);
}

static void gradient_share(void *argument, int64_t index, int worker) {
  (void)worker;
  const job *j = argument;
  j->kernels->loss_gradient(j->logits, j->labels, j->options, &j->gradient, j->gx, lt_split_begin(j->split, index),
                            lt_split_end(j->split, index));
}

static lt_loss_result result_of(const double *sums, int64_t c, const lt_loss_options *options) {
  lt_loss_result r = {.counted = (int64_t)sums[LT_LOSS_COUNTED], .bad_label = (int64_t)sums[LT_LOSS_BAD]};
  double overlap = 0;
  for (int64_t k = 0; k < c; k++) {
    const double *d = sums + LT_LOSS_DICE + 3 * k;
    overlap += (2 * d[0] + smoothing) / (d[1] + d[2] + smoothing);
  }
  r.cross_entropy = sums[LT_LOSS_WEIGHTED] / sums[LT_LOSS_WEIGHTS];
  r.dice_loss = 1 - overlap / (double)c;
  // A part that is not wanted must not turn the loss into NaN (no pixel counted: 0 / 0).
  r.loss = (options->cross_entropy_weight != 0 ? options->cross_entropy_weight * r.cross_entropy : 0) +
           (options->dice_weight != 0 ? options->dice_weight * r.dice_loss : 0);
  return r;
}

/// `memory` holds 3·c floats.
static lt_loss_gradient gradient_of(const double *sums, int64_t c, const lt_loss_options *options, float *memory) {
  float *entropy = memory, *dice_label = memory + c, *dice_all = memory + 2 * c;
  for (int64_t k = 0; k < c; k++) {
    const double *d = sums + LT_LOSS_DICE + 3 * k;
    double size = d[1] + d[2] + smoothing, share = options->dice_weight / (double)c;
    double weight = options->class_weights ? options->class_weights[k] : 1;
    entropy[k] = options->cross_entropy_weight != 0
                     ? (float)(options->cross_entropy_weight * weight / sums[LT_LOSS_WEIGHTS]) : 0;
    dice_label[k] = (float)(-share * 2 / size);
    dice_all[k] = (float)(share * (2 * d[0] + smoothing) / (size * size));
  }
  return (lt_loss_gradient){entropy, dice_label, dice_all};
}

lt_loss_result lt_loss(lt_context context, lt_view logits, const uint8_t *labels, lt_loss_options options, lt_view gx,
                       float *scratch) {
  const int64_t c = logits.c, per_share = sums_per_share(c);
  if (c < 1 || c > LT_CLASSES_MAX) return (lt_loss_result){NAN, NAN, NAN, 0, 0};
  double *totals = lt_align(scratch);
  job j = {.kernels = lt_layer_kernels_for(context.isa), .logits = logits, .gx = gx, .labels = labels,
           .options = &options, .sums = totals + per_share, .sums_per_share = per_share,
           .split = lt_sum_split_make(lt_view_pixels(logits), c)};
  lt_pool_run(context.pool, j.split.shares, sums_share, &j);
  for (int64_t i = 0; i < per_share; i++) {
    totals[i] = 0;
    for (int64_t share = 0; share < j.split.shares; share++) totals[i] += j.sums[share * per_share + i];
  }
  lt_loss_result result = result_of(totals, c, &options);
  if (!gx.data || result.bad_label > 0) return result;
  float constants[3 * LT_CLASSES_MAX];
  j.gradient = gradient_of(totals, c, &options, constants);
  lt_pool_run(context.pool, j.split.shares, gradient_share, &j);
  return result;
}

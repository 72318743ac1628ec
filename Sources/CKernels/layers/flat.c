#include "split.h"

typedef struct {
  const lt_layer_kernels *kernels;
  lt_split split;
  float *parameters, *first_moment, *second_moment;
  const float *x;
  const lt_adam_options *options;
  double *sums;
  int64_t *counts;
} job;

static void adam_share(void *argument, int64_t index, int worker) {
  (void)worker;
  const job *j = argument;
  int64_t begin = lt_split_begin(j->split, index), count = lt_split_end(j->split, index) - begin;
  j->kernels->adam(count, j->parameters + begin, j->x + begin, j->first_moment + begin, j->second_moment + begin,
                   j->options);
}

void lt_adam(lt_context context, int64_t count, float *parameters, const float *gradients, float *first_moment,
             float *second_moment, lt_adam_options options) {
  job j = {.kernels = lt_layer_kernels_for(context.isa), .split = lt_split_make(count, 1, LT_SHARE_FLOATS / 4),
           .parameters = parameters, .first_moment = first_moment, .second_moment = second_moment, .x = gradients,
           .options = &options};
  lt_pool_run(context.pool, j.split.shares, adam_share, &j);
}

static void squares_share(void *argument, int64_t index, int worker) {
  (void)worker;
  const job *j = argument;
  int64_t begin = lt_split_begin(j->split, index);
  j->sums[index] = j->kernels->sum_of_squares(lt_split_end(j->split, index) - begin, j->x + begin);
}

double lt_sum_of_squares(lt_context context, int64_t count, const float *x) {
  double sums[LT_SUM_SHARES], sum = 0;
  job j = {.kernels = lt_layer_kernels_for(context.isa), .split = lt_sum_split_make(count, 1), .x = x, .sums = sums};
  lt_pool_run(context.pool, j.split.shares, squares_share, &j);
  for (int64_t i = 0; i < j.split.shares; i++) sum += sums[i];
  return sum;
}

static void not_finite_share(void *argument, int64_t index, int worker) {
  (void)worker;
  const job *j = argument;
  int64_t begin = lt_split_begin(j->split, index);
  j->counts[index] = j->kernels->count_not_finite(lt_split_end(j->split, index) - begin, j->x + begin);
}

int64_t lt_count_not_finite(lt_context context, int64_t count, const float *x) {
  int64_t counts[LT_SUM_SHARES], total = 0;
  job j = {.kernels = lt_layer_kernels_for(context.isa), .split = lt_sum_split_make(count, 1), .x = x,
           .counts = counts};
  lt_pool_run(context.pool, j.split.shares, not_finite_share, &j);
  for (int64_t i = 0; i < j.split.shares; i++) total += counts[i];
  return total;
}

#include "split.h"

/// The pixels of one pass as rows. Pixels without gaps are folded: `fold` of them make one row of `width` floats, so
/// that few or odd channels fill the vectors too. `rest` pixels that make no whole row are a share of their own.
typedef struct {
  lt_rows rows, rest;
  lt_split split;
  int64_t fold, width, shares;
} pass;

static int64_t fold_of(int64_t c) {
  int64_t fold = 1;
  while (c > 0 && (fold * c % 16 != 0 || fold * c < 64)) fold *= 2;
  return fold * c > LT_FOLD_FLOATS ? 1 : fold;
}

static pass pass_make(lt_view a, lt_view b, lt_view y, int sums) {
  int64_t pixels = lt_view_pixels(a), c = a.c;
  int dense = lt_view_is_dense(a) && lt_view_is_dense(b) && lt_view_is_dense(y);
  int64_t fold = dense ? fold_of(c) : 1, count = pixels / fold, done = count * fold;
  pass p = {.fold = fold, .width = fold * c};
  p.rows = (lt_rows){count, p.width, a.data, b.data, y.data, fold * a.stride, fold * b.stride, fold * y.stride,
                     lt_should_stream(y, a.data, b.data)};
  p.rest = (lt_rows){pixels - done, c, a.data + done * a.stride, b.data ? b.data + done * b.stride : NULL,
                     y.data ? y.data + done * y.stride : NULL, a.stride, b.stride, y.stride, 0};
  p.split = sums ? lt_sum_split_make(count, p.width) : lt_split_make(count, p.width, LT_SHARE_FLOATS);
  p.shares = c > 0 ? p.split.shares + (p.rest.rows > 0) : 0;
  return p;
}

static lt_rows pass_share(const pass *p, int64_t index) {
  if (index == p->split.shares) return p->rest;
  lt_rows r = p->rows;
  int64_t begin = lt_split_begin(p->split, index);
  r.rows = lt_split_end(p->split, index) - begin;
  r.a += begin * r.a_step;
  if (r.b) r.b += begin * r.b_step;
  if (r.y) r.y += begin * r.y_step;
  return r;
}

/// One constant per channel, repeated for every pixel of a row.
static const float *unfold(const float *constants, int64_t c, int64_t fold, float *to) {
  for (int64_t i = 0; i < fold; i++)
    for (int64_t k = 0; k < c; k++) to[i * c + k] = constants[k];
  return to;
}

typedef struct {
  pass pass;
  const lt_layer_kernels *kernels;
  const float *scale, *shift;
  int relu;
} scale_shift_job;

static void scale_shift_share(void *argument, int64_t index, int worker) {
  (void)worker;
  const scale_shift_job *job = argument;
  lt_rows r = pass_share(&job->pass, index);
  job->kernels->scale_shift(&r, job->scale, job->shift, job->relu);
}

void lt_scale_shift(lt_context context, lt_view x, const float *scale, const float *shift, int relu, lt_view y) {
  float constants[2 * LT_FOLD_FLOATS];
  scale_shift_job job = {pass_make(x, (lt_view){0}, y, 0), lt_layer_kernels_for(context.isa), scale, shift, relu};
  if (job.pass.fold > 1) {
    job.scale = unfold(scale, x.c, job.pass.fold, constants);
    job.shift = unfold(shift, x.c, job.pass.fold, constants + LT_FOLD_FLOATS);
  }
  lt_pool_run(context.pool, job.pass.shares, scale_shift_share, &job);
}

/// A reduction: every share leaves two doubles for each float of a row, which are then combined in the shares' order.
typedef struct {
  pass pass;
  const lt_layer_kernels *kernels;
  double *first, *second;  // shares × width
  lt_norm_constants norm;
  int relu;
} sums_job;

static int64_t channel_width(int64_t c) { return lt_max(c, fold_of(c) * c); }

int64_t lt_channel_scratch_floats(lt_context context, int64_t c) {
  (void)context;
  // Two doubles a share, two for the result, and the constants of lt_batch_norm_backward.
  return 2 * 2 * (LT_SUM_SHARES + 2) * channel_width(c) + 5 * channel_width(c) + 16;
}

/// Takes the memory of the shares' sums and two doubles a channel (`totals`) from the scratch memory; `*rest` is what
/// lies behind.
static sums_job sums_job_make(lt_context context, lt_view x, lt_view gy, float *scratch, double **totals,
                              float **rest) {
  sums_job job = {.pass = pass_make(x, gy, (lt_view){0}, 1), .kernels = lt_layer_kernels_for(context.isa)};
  int64_t width = channel_width(x.c);
  *totals = lt_align(scratch);
  job.first = *totals + 2 * width;
  job.second = job.first + (LT_SUM_SHARES + 1) * job.pass.width;
  *rest = (float *)(*totals + 2 * (LT_SUM_SHARES + 2) * width);
  for (int64_t k = 0; k < 2 * x.c; k++) (*totals)[k] = 0;
  return job;
}

/// The pass before wrote its last pixels last: a reduction starts there, where the caches still hold them.
static int64_t from_the_end(const pass *pass, int64_t index) { return pass->shares - 1 - index; }

static void moments_share(void *argument, int64_t index, int worker) {
  (void)worker;
  const sums_job *job = argument;
  int64_t share = from_the_end(&job->pass, index);
  lt_rows r = pass_share(&job->pass, share);
  job->kernels->moments(&r, job->first + share * job->pass.width, job->second + share * job->pass.width);
}

/// Chan, Golub, LeVeque 1983: joins mean and Σ (x − mean)² of two sets of pixels.
static void merge_moments(int64_t c, double before, double count, const double *mean, const double *m2,
                          double *total_mean, double *total_m2) {
  double part = count / (before + count), cross = before * part;
  for (int64_t k = 0; k < c; k++) {
    double delta = mean[k] - total_mean[k];
    total_m2[k] += m2[k] + delta * delta * cross;
    total_mean[k] += delta * part;
  }
}

void lt_channel_moments(lt_context context, lt_view x, float *mean, float *variance, float *scratch) {
  double *totals, count = 0;
  float *rest;
  sums_job job = sums_job_make(context, x, (lt_view){0}, scratch, &totals, &rest);
  const pass *pass = &job.pass;
  lt_pool_run(context.pool, pass->shares, moments_share, &job);
  for (int64_t share = 0; share < pass->shares; share++) {
    lt_rows r = pass_share(pass, share);
    for (int64_t k = 0; k < r.length; k += x.c) {
      int64_t at = share * pass->width + k;
      merge_moments(x.c, count, (double)r.rows, job.first + at, job.second + at, totals, totals + x.c);
      count += (double)r.rows;
    }
  }
  for (int64_t k = 0; k < x.c; k++) {
    mean[k] = (float)totals[k];
    variance[k] = count > 0 ? (float)(totals[x.c + k] / count) : 0;
  }
}

/// totals[k] = Σ over shares and folded pixels.
static void add_sums(const pass *pass, const double *sums, int64_t c, double *totals) {
  for (int64_t share = 0; share < pass->shares; share++) {
    int64_t length = share == pass->split.shares ? c : pass->width;
    for (int64_t i = 0; i < length; i += c)
      for (int64_t k = 0; k < c; k++) totals[k] += sums[share * pass->width + i + k];
  }
}

static void sums_share(void *argument, int64_t index, int worker) {
  (void)worker;
  const sums_job *job = argument;
  int64_t share = from_the_end(&job->pass, index);
  lt_rows r = pass_share(&job->pass, share);
  job->kernels->sums(&r, job->first + share * job->pass.width);
}

void lt_channel_sums(lt_context context, lt_view x, float *sums, float *scratch) {
  double *totals;
  float *rest;
  sums_job job = sums_job_make(context, x, (lt_view){0}, scratch, &totals, &rest);
  lt_pool_run(context.pool, job.pass.shares, sums_share, &job);
  add_sums(&job.pass, job.first, x.c, totals);
  for (int64_t k = 0; k < x.c; k++) sums[k] = (float)totals[k];
}

static void norm_sums_share(void *argument, int64_t index, int worker) {
  (void)worker;
  const sums_job *job = argument;
  int64_t share = from_the_end(&job->pass, index), at = share * job->pass.width;
  lt_rows r = pass_share(&job->pass, share);
  job->kernels->norm_sums(&r, &job->norm, job->relu, job->first + at, job->second + at);
}

typedef struct {
  pass pass;
  const lt_layer_kernels *kernels;
  const lt_norm_constants *norm;
  int relu;
} norm_apply_job;

static void norm_apply_share(void *argument, int64_t index, int worker) {
  (void)worker;
  const norm_apply_job *job = argument;
  lt_rows r = pass_share(&job->pass, index);
  job->kernels->norm_apply(&r, job->norm, job->relu);
}

/// Ioffe & Szegedy 2015, with x̂ = (x − mean)·inverse_std over M pixels:
/// gx = scale·(g − Σg/M − x̂·Σ(g·x̂)/M) = scale·g − constant − slope·(x − mean). The constants of one row's floats:
typedef struct {
  float *mean, *scale, *shift, *constant, *slope;
} norm_memory;

static norm_memory norm_memory_make(float *memory, int64_t width) {
  return (norm_memory){memory, memory + width, memory + 2 * width, memory + 3 * width, memory + 4 * width};
}

/// What the first pass needs; the first pixel's constants, then those of the other pixels of a folded row.
static void norm_constants_first(norm_memory m, int64_t c, int64_t fold, const float *mean, const float *inverse_std,
                                 const float *gamma, const float *beta) {
  lt_batch_norm_scale_shift(c, mean, inverse_std, gamma, beta, m.scale, m.shift);
  unfold(mean, c, fold, m.mean);
  unfold(m.scale, c, fold, m.scale);
  unfold(m.shift, c, fold, m.shift);
}

/// What the second pass needs; finishes ggamma and gbeta.
static void norm_constants_second(norm_memory m, int64_t c, int64_t fold, double pixels, const float *inverse_std,
                                  const double *sums, const double *products, float *ggamma, float *gbeta) {
  for (int64_t k = 0; k < c; k++) {
    double of_gamma = products[k] * inverse_std[k];
    ggamma[k] = (float)of_gamma;
    gbeta[k] = (float)sums[k];
    m.constant[k] = (float)(m.scale[k] * sums[k] / pixels);
    m.slope[k] = (float)(m.scale[k] * of_gamma * inverse_std[k] / pixels);
  }
  unfold(m.constant, c, fold, m.constant);
  unfold(m.slope, c, fold, m.slope);
}

void lt_batch_norm_backward(lt_context context, lt_view x, const float *mean, const float *inverse_std,
                            const float *gamma, const float *beta, int relu, lt_view gy, lt_view gx, float *ggamma,
                            float *gbeta, float *scratch) {
  double *totals;
  float *rest;
  sums_job job = sums_job_make(context, x, gy, scratch, &totals, &rest);
  norm_apply_job apply = {pass_make(x, gy, gx, 0), job.kernels, &job.norm, relu};
  int64_t fold = lt_max(job.pass.fold, apply.pass.fold);
  norm_memory m = norm_memory_make(rest, fold * x.c);
  norm_constants_first(m, x.c, fold, mean, inverse_std, gamma, beta);
  job.norm = (lt_norm_constants){m.mean, m.scale, m.shift, m.constant, m.slope};
  job.relu = relu;
  lt_pool_run(context.pool, job.pass.shares, norm_sums_share, &job);
  add_sums(&job.pass, job.first, x.c, totals);
  add_sums(&job.pass, job.second, x.c, totals + x.c);
  norm_constants_second(m, x.c, fold, (double)lt_view_pixels(x), inverse_std, totals, totals + x.c, ggamma, gbeta);
  lt_pool_run(context.pool, apply.pass.shares, norm_apply_share, &apply);
}

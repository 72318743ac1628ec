// Passes with one constant or one sum per channel.

typedef struct {
  const float *scale, *shift;
  int relu;
} scale_shift_job;

LT_INLINE void scale_shift_tile(const lt_rows *r, const void *argument, int64_t row, int64_t pixels, int64_t c,
                                int64_t n, int stream) {
  const scale_shift_job *job = argument;
  lt_vf scale = lt_load_n(job->scale + c, n), shift = lt_load_n(job->shift + c, n);
  for (int64_t p = row; p < row + pixels; p++) {
    lt_vf v = lt_load_n(r->a + p * r->a_step + c, n) * scale + shift;
    lt_put(r->y + p * r->y_step + c, job->relu ? lt_relu(v) : v, n, stream);
  }
}

static void scale_shift(const lt_rows *r, const float *scale, const float *shift, int relu) {
  scale_shift_job with = {scale, shift, 1}, without = {scale, shift, 0};
  if (relu)
    lt_each_tile(r, &with, scale_shift_tile, 4);
  else
    lt_each_tile(r, &without, scale_shift_tile, 4);
}

// Sums run in float over at most this many pixels and so many channels at a time (their partial sums stay in the first
// cache level), then in double.
enum { LT_SUM_PIXELS = 256, LT_SUM_CHANNELS = 256, LT_SHIFT_PIXELS = 16, LT_SUM_TILE = 4 };

/// Up to LT_SUM_PIXELS rows of up to LT_SUM_CHANNELS channels, and two float sums for each channel.
typedef struct {
  lt_norm_constants norm;
  int relu;
  float *sums, *squares;
} sums_job;

static void clear(float *x, int64_t count) { memset(x, 0, (size_t)count * sizeof *x); }

/// A tile's rows are summed as a tree, not as a chain: faster and more accurate.
LT_INLINE void add_values(sums_job *job, const lt_vf *v, int64_t pixels, int64_t c, int64_t n) {
  lt_vf sum = pixels == LT_SUM_TILE ? (v[0] + v[1]) + (v[2] + v[3]) : v[0];
  lt_store_n(job->sums + c, lt_load_n(job->sums + c, n) + sum, n);
}
LT_INLINE void add_products(sums_job *job, const lt_vf *v, const lt_vf *w, int64_t pixels, int64_t c, int64_t n) {
  lt_vf sum = v[0] * w[0];
  if (pixels == LT_SUM_TILE) sum = (v[0] * w[0] + v[1] * w[1]) + (v[2] * w[2] + v[3] * w[3]);
  lt_store_n(job->squares + c, lt_load_n(job->squares + c, n) + sum, n);
}

LT_INLINE void sums_tile(const lt_rows *r, const void *job, int64_t row, int64_t pixels, int64_t c,
                         int64_t n, int stream) {
  (void)stream;
  lt_vf v[LT_SUM_TILE];
  for (int64_t p = 0; p < pixels; p++) v[p] = lt_load_n(r->a + (row + p) * r->a_step + c, n);
  add_values((sums_job *)job, v, pixels, c, n);
}

LT_INLINE void moments_tile(const lt_rows *r, const void *argument, int64_t row, int64_t pixels, int64_t c,
                            int64_t n, int stream) {
  (void)stream;
  sums_job *job = (sums_job *)argument;
  lt_vf v[LT_SUM_TILE], shift = lt_load_n(job->norm.mean + c, n);
  for (int64_t p = 0; p < pixels; p++) v[p] = lt_load_n(r->a + (row + p) * r->a_step + c, n) - shift;
  add_values(job, v, pixels, c, n);
  add_products(job, v, v, pixels, c, n);
}

/// The gradient behind the normalisation: gy where the ReLU let the value pass.
LT_INLINE lt_vf masked_gradient(int relu, lt_vf x, lt_vf scale, lt_vf shift, lt_vf gy) {
  return relu ? lt_where(~(x * scale + shift <= (lt_vf){0}), gy) : gy;
}

LT_INLINE void norm_sums_tile(const lt_rows *r, const void *argument, int64_t row, int64_t pixels, int64_t c,
                              int64_t n, int stream) {
  (void)stream;
  sums_job *job = (sums_job *)argument;
  lt_vf g[LT_SUM_TILE], v[LT_SUM_TILE], mean = lt_load_n(job->norm.mean + c, n);
  lt_vf scale = lt_load_n(job->norm.scale + c, n), shift = lt_load_n(job->norm.shift + c, n);
  for (int64_t p = 0; p < pixels; p++) {
    lt_vf x = lt_load_n(r->a + (row + p) * r->a_step + c, n);
    g[p] = masked_gradient(job->relu, x, scale, shift, lt_load_n(r->b + (row + p) * r->b_step + c, n));
    v[p] = x - mean;
  }
  add_values(job, g, pixels, c, n);
  add_products(job, g, v, pixels, c, n);
}

static int64_t smaller(int64_t a, int64_t b) { return a < b ? a : b; }

/// The rows from `begin` and the channels from `c` on that are summed in float.
static lt_rows block(const lt_rows *r, int64_t begin, int64_t c) {
  return (lt_rows){.rows = smaller(LT_SUM_PIXELS, r->rows - begin),
                   .length = smaller(LT_SUM_CHANNELS, r->length - c),
                   .a = r->a + begin * r->a_step + c,
                   .b = r->b ? r->b + begin * r->b_step + c : NULL,
                   .a_step = r->a_step,
                   .b_step = r->b_step};
}

static void sums(const lt_rows *r, double *totals) {
  float partial[LT_SUM_CHANNELS];
  sums_job job = {.sums = partial};
  for (int64_t c = 0; c < r->length; c++) totals[c] = 0;
  for (int64_t c = 0; c < r->length; c += LT_SUM_CHANNELS)
    for (int64_t begin = 0; begin < r->rows; begin += LT_SUM_PIXELS) {
      lt_rows part = block(r, begin, c);
      clear(partial, part.length);
      lt_each_tile_with(&part, &job, sums_tile, LT_SUM_TILE, 0);
      for (int64_t k = 0; k < part.length; k++) totals[c + k] += partial[k];
    }
}

static void norm_sums(const lt_rows *r, const lt_norm_constants *norm, int relu, double *totals, double *products) {
  float partial[LT_SUM_CHANNELS], partial_products[LT_SUM_CHANNELS];
  for (int64_t c = 0; c < r->length; c++) totals[c] = products[c] = 0;
  for (int64_t c = 0; c < r->length; c += LT_SUM_CHANNELS)
    for (int64_t begin = 0; begin < r->rows; begin += LT_SUM_PIXELS) {
      lt_rows part = block(r, begin, c);
      sums_job job = {{norm->mean + c, norm->scale + c, norm->shift + c, NULL, NULL}, 1, partial, partial_products};
      sums_job plain = job;
      plain.relu = 0;
      clear(partial, part.length);
      clear(partial_products, part.length);
      if (relu)
        lt_each_tile_with(&part, &job, norm_sums_tile, LT_SUM_TILE, 0);
      else
        lt_each_tile_with(&part, &plain, norm_sums_tile, LT_SUM_TILE, 0);
      for (int64_t k = 0; k < part.length; k++) totals[c + k] += partial[k];
      for (int64_t k = 0; k < part.length; k++) products[c + k] += partial_products[k];
    }
}

/// Adds a block's shifted sums to the running mean and Σ (x − mean)² of `before` pixels (Chan, Golub, LeVeque 1983).
static void merge_block(int64_t channels, double before, double count, const float *shift, const float *sums,
                        const float *squares, double *mean, double *m2) {
  double of_all = count / (before + count), cross = before * of_all, inverse = 1 / count;
  for (int64_t k = 0; k < channels; k++) {
    double offset = sums[k] * inverse, spread = squares[k] - offset * sums[k];
    double delta = shift[k] + offset - mean[k];
    m2[k] += (spread < 0 ? 0 : spread) + delta * delta * cross;
    mean[k] += delta * of_all;
  }
}

/// One pass over memory: a block's values are shifted by the mean of its first pixels before they are squared. An
/// outlier among those enlarges Σ (x − shift)² at most LT_SUM_PIXELS / LT_SHIFT_PIXELS times over Σ (x − mean)², so no
/// more than that factor of the float sums' accuracy is lost, wherever the mean lies.
static void moments(const lt_rows *r, double *mean, double *m2) {
  float shift[LT_SUM_CHANNELS], partial[LT_SUM_CHANNELS], squares[LT_SUM_CHANNELS];
  sums_job start = {.sums = shift};
  sums_job job = {{.mean = shift}, 0, partial, squares};
  for (int64_t c = 0; c < r->length; c++) mean[c] = m2[c] = 0;
  for (int64_t c = 0; c < r->length; c += LT_SUM_CHANNELS)
    for (int64_t begin = 0; begin < r->rows; begin += LT_SUM_PIXELS) {
      lt_rows part = block(r, begin, c);
      lt_rows first = part;
      first.rows = smaller(LT_SHIFT_PIXELS, part.rows);
      clear(shift, part.length);
      lt_each_tile_with(&first, &start, sums_tile, LT_SUM_TILE, 0);
      for (int64_t k = 0; k < part.length; k++) shift[k] /= (float)first.rows;
      clear(partial, part.length);
      clear(squares, part.length);
      lt_each_tile_with(&part, &job, moments_tile, LT_SUM_TILE, 0);
      merge_block(part.length, (double)begin, (double)part.rows, shift, partial, squares, mean + c, m2 + c);
    }
}

typedef struct {
  lt_norm_constants norm;
  int relu;
} norm_apply_job;

LT_INLINE void norm_apply_tile(const lt_rows *r, const void *argument, int64_t row, int64_t pixels, int64_t c,
                               int64_t n, int stream) {
  const norm_apply_job *job = argument;
  const lt_norm_constants *norm = &job->norm;
  lt_vf mean = lt_load_n(norm->mean + c, n);
  lt_vf scale = lt_load_n(norm->scale + c, n), shift = lt_load_n(norm->shift + c, n);
  lt_vf constant = lt_load_n(norm->constant + c, n), slope = lt_load_n(norm->slope + c, n);
  for (int64_t p = row; p < row + pixels; p++) {
    lt_vf x = lt_load_n(r->a + p * r->a_step + c, n);
    lt_vf g = masked_gradient(job->relu, x, scale, shift, lt_load_n(r->b + p * r->b_step + c, n));
    lt_put(r->y + p * r->y_step + c, (g * scale - constant) - slope * (x - mean), n, stream);
  }
}

static void norm_apply(const lt_rows *r, const lt_norm_constants *norm, int relu) {
  norm_apply_job with = {*norm, 1}, without = {*norm, 0};
  if (relu)
    lt_each_tile(r, &with, norm_apply_tile, 4);
  else
    lt_each_tile(r, &without, norm_apply_tile, 4);
}

LT_INLINE void relu_forward_tile(const lt_rows *r, const void *job, int64_t row, int64_t pixels, int64_t c, int64_t n,
                                 int stream) {
  (void)job, (void)pixels;
  lt_put(r->y + row * r->y_step + c, lt_relu(lt_load_n(r->a + row * r->a_step + c, n)), n, stream);
}
static void relu_forward(const lt_rows *r) { lt_each_tile(r, NULL, relu_forward_tile, 1); }

LT_INLINE void relu_backward_tile(const lt_rows *r, const void *job, int64_t row, int64_t pixels, int64_t c, int64_t n,
                                  int stream) {
  (void)job, (void)pixels;
  lt_vf y = lt_load_n(r->a + row * r->a_step + c, n), gy = lt_load_n(r->b + row * r->b_step + c, n);
  lt_put(r->y + row * r->y_step + c, lt_where(~(y <= (lt_vf){0}), gy), n, stream);
}
static void relu_backward(const lt_rows *r) { lt_each_tile(r, NULL, relu_backward_tile, 1); }

LT_INLINE void copy_tile(const lt_rows *r, const void *job, int64_t row, int64_t pixels, int64_t c, int64_t n,
                         int stream) {
  (void)job, (void)pixels;
  lt_put(r->y + row * r->y_step + c, lt_load_n(r->a + row * r->a_step + c, n), n, stream);
}
static void copy(const lt_rows *r) { lt_each_tile(r, NULL, copy_tile, 1); }

LT_INLINE void add_tile(const lt_rows *r, const void *job, int64_t row, int64_t pixels, int64_t c, int64_t n,
                        int stream) {
  (void)job, (void)pixels;
  lt_vf sum = lt_load_n(r->a + row * r->a_step + c, n) + lt_load_n(r->b + row * r->b_step + c, n);
  lt_put(r->y + row * r->y_step + c, sum, n, stream);
}
static void add(const lt_rows *r) { lt_each_tile(r, NULL, add_tile, 1); }

LT_INLINE void fill_tile(const lt_rows *r, const void *job, int64_t row, int64_t pixels, int64_t c, int64_t n,
                         int stream) {
  (void)pixels;
  lt_put(r->y + row * r->y_step + c, *(const lt_vf *)job, n, stream);
}
static void fill(const lt_rows *r) {
  lt_vf value = lt_splat(r->a[0]);
  lt_each_tile(r, &value, fill_tile, 1);
}

typedef struct {
  lt_dropout_key key;
  int32_t threshold;
  float scale;
} dropout_job;

/// `low`: the first element's number within its segment.
LT_INLINE lt_vf dropout_vector(lt_vf x, uint32_t low, const dropout_job *job) {
  lt_vu h = (lt_vu)lt_lane_numbers() + low;
  LT_DROPOUT_HASH(h, job->key);
  lt_vi keeps = (lt_vi)(h >> 8) >= lt_splat_i(job->threshold);
  return lt_where(keeps, x * lt_splat(job->scale));
}

static void dropout_run(const float *x, float *y, int64_t count, uint32_t low, const dropout_job *job) {
  int64_t i = 0;
  for (; i + LT_LANES <= count; i += LT_LANES) lt_store(y + i, dropout_vector(lt_load(x + i), low + (uint32_t)i, job));
  if (i == count) return;
  lt_store_part(y + i, dropout_vector(lt_load_part(x + i, count - i), low + (uint32_t)i, job), count - i);
}

static void dropout(const lt_rows *r, uint64_t first_element, uint64_t seed, int32_t threshold, float scale) {
  const uint64_t segment = (uint64_t)1 << LT_DROPOUT_SEGMENT_BITS;
  dropout_job job = {{0, 0}, threshold, scale};
  uint64_t keyed = UINT64_MAX, element = first_element;
  for (int64_t row = 0; row < r->rows; row++)
    for (int64_t i = 0; i < r->length;) {
      uint64_t low = element % segment;
      int64_t count = r->length - i < (int64_t)(segment - low) ? r->length - i : (int64_t)(segment - low);
      if (element / segment != keyed) {
        keyed = element / segment;
        job.key = lt_dropout_key_make(seed, keyed);
      }
      dropout_run(r->a + row * r->a_step + i, r->y + row * r->y_step + i, count, (uint32_t)low, &job);
      i += count;
      element += (uint64_t)count;
    }
}

// 2×2 windows. A window's codes are bytes beside float lanes: n lanes, n bytes.

LT_INLINE lt_vi load_codes(const uint8_t *p, int64_t n) {
  lt_vb v = {0};
  memcpy(&v, p, (size_t)n);
  return __builtin_convertvector(v, lt_vi);
}
LT_INLINE void store_codes(uint8_t *p, lt_vi codes, int64_t n) {
  lt_vb v = __builtin_convertvector(codes, lt_vb);
  memcpy(p, &v, (size_t)n);
}

/// Where the four values of a window lie relative to the first, and where pixel (row, j) of the small tensor and its
/// window begin. `row` counts over images.
typedef struct {
  int64_t offset[4];
} window;

static window window_of(lt_view large) {
  return (window){{0, large.stride, large.w * large.stride, large.w * large.stride + large.stride}};
}
static float *window_row(lt_view large, lt_view small, int64_t row) {
  return large.data + (row / small.h * large.h + row % small.h * 2) * large.w * large.stride;
}

LT_INLINE void max_pool_vector(const window *window, const float *x, float *y, uint8_t *code, int64_t n) {
  lt_vf best = lt_load_n(x, n);
  lt_vi winner = {0};
  for (int k = 1; k < 4; k++) {
    lt_vf v = lt_load_n(x + window->offset[k], n);
    lt_vi wins = (v > best) | (v != v);
    best = lt_select(wins, v, best);
    winner = (wins & lt_splat_i(k)) | (~wins & winner);
  }
  lt_store_n(y, best, n);
  if (code) store_codes(code, winner, n);
}

static void max_pool(lt_view x, lt_view y, uint8_t *code, int64_t begin, int64_t end) {
  const window window = window_of(x);
  const int64_t full = y.c / LT_LANES * LT_LANES;
  for (int64_t p = begin * y.w, row = begin; row < end; row++) {
    const float *in = window_row(x, y, row);
    for (int64_t j = 0; j < y.w; j++, p++, in += 2 * x.stride) {
      float *out = y.data + p * y.stride;
      uint8_t *winner = code ? code + p * y.c : NULL;
      for (int64_t c = 0; c < full; c += LT_LANES)
        max_pool_vector(&window, in + c, out + c, winner ? winner + c : NULL, LT_LANES);
      if (full < y.c) max_pool_vector(&window, in + full, out + full, winner ? winner + full : NULL, y.c - full);
    }
  }
}

LT_INLINE void max_unpool_vector(const window *window, const float *gy, const uint8_t *code, int accumulate, int stream,
                                 float *gx, int64_t n) {
  lt_vf g = lt_load_n(gy, n);
  lt_vi winner = load_codes(code, n);
  for (int k = 0; k < 4; k++) {
    lt_vf moved = lt_where(winner == lt_splat_i(k), g);
    if (accumulate) moved += lt_load_n(gx + window->offset[k], n);
    lt_put(gx + window->offset[k], moved, n, stream);
  }
}

static void zero_pixels(lt_view v, float *p, int64_t pixels) {
  for (int64_t i = 0; i < pixels; i++) memset(p + i * v.stride, 0, (size_t)v.c * sizeof(float));
}

/// The last column and row of an odd width and height lie in no window.
static void zero_outside(lt_view gx, lt_view gy, int64_t row, float *out) {
  int64_t rest = gx.w - 2 * gy.w;
  for (int64_t i = 0; i < 2; i++) zero_pixels(gx, out + (i * gx.w + 2 * gy.w) * gx.stride, rest);
  if (row % gy.h == gy.h - 1) zero_pixels(gx, out + 2 * gx.w * gx.stride, (gx.h - 2 * gy.h) * gx.w);
}

LT_INLINE void max_unpool_rows(lt_view gy, const uint8_t *code, int accumulate, int stream, lt_view gx, int64_t begin,
                               int64_t end) {
  const window window = window_of(gx);
  const int64_t full = gy.c / LT_LANES * LT_LANES;
  for (int64_t p = begin * gy.w, row = begin; row < end; row++) {
    float *out = window_row(gx, gy, row);
    if (!accumulate) zero_outside(gx, gy, row, out);
    for (int64_t j = 0; j < gy.w; j++, p++, out += 2 * gx.stride) {
      const float *in = gy.data + p * gy.stride;
      const uint8_t *winner = code + p * gy.c;
      for (int64_t c = 0; c < full; c += LT_LANES)
        max_unpool_vector(&window, in + c, winner + c, accumulate, stream, out + c, LT_LANES);
      if (full < gy.c) max_unpool_vector(&window, in + full, winner + full, accumulate, 0, out + full, gy.c - full);
    }
  }
}

static void max_unpool(lt_view gy, const uint8_t *code, int accumulate, int stream, lt_view gx, int64_t begin,
                       int64_t end) {
  if (accumulate) {
    max_unpool_rows(gy, code, 1, 0, gx, begin, end);
  } else if (stream && lt_can_stream(gx.data, gx.stride)) {
    max_unpool_rows(gy, code, 0, 1, gx, begin, end);
    lt_end_stream();
  } else {
    max_unpool_rows(gy, code, 0, 0, gx, begin, end);
  }
}

LT_INLINE void max_gather_vector(const window *window, const float *x, const uint8_t *code, float *y, int64_t n) {
  lt_vi winner = load_codes(code, n);
  lt_vf v = lt_load_n(x, n);
  for (int k = 1; k < 4; k++) v = lt_select(winner == lt_splat_i(k), lt_load_n(x + window->offset[k], n), v);
  lt_store_n(y, v, n);
}

static void max_gather(lt_view x, const uint8_t *code, lt_view y, int64_t begin, int64_t end) {
  const window window = window_of(x);
  const int64_t full = y.c / LT_LANES * LT_LANES;
  for (int64_t p = begin * y.w, row = begin; row < end; row++) {
    const float *in = window_row(x, y, row);
    for (int64_t j = 0; j < y.w; j++, p++, in += 2 * x.stride) {
      float *out = y.data + p * y.stride;
      const uint8_t *winner = code + p * y.c;
      for (int64_t c = 0; c < full; c += LT_LANES) max_gather_vector(&window, in + c, winner + c, out + c, LT_LANES);
      if (full < y.c) max_gather_vector(&window, in + full, winner + full, out + full, y.c - full);
    }
  }
}

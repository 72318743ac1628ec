// Softmax, argmax and the loss. Classes are few, so a vector holds one class of LT_LANES pixels, not the classes of one
// pixel. The usual numbers of classes get their own copies, in which the classes stay in registers.

/// Value of one class at LT_LANES pixels from p on; behind `count` pixels the last one repeats.
LT_INLINE lt_vf gather(const float *p, int64_t stride, int64_t count) {
  lt_vf v;
  if (count == LT_LANES)
    for (int l = 0; l < LT_LANES; l++) v[l] = p[l * stride];
  else
    for (int l = 0; l < LT_LANES; l++) v[l] = p[(l < count ? l : count - 1) * stride];
  return v;
}

LT_INLINE void scatter(float *p, int64_t stride, int64_t count, lt_vf v) {
  if (count == LT_LANES)
    for (int l = 0; l < LT_LANES; l++) p[l * stride] = v[l];
  else
    for (int l = 0; l < count; l++) p[l * stride] = v[l];
}

/// Labels of LT_LANES pixels; behind `count` pixels −1, which no byte is.
LT_INLINE lt_vi load_labels(const uint8_t *p, int64_t count) {
  lt_vb bytes = {0};
  memcpy(&bytes, p, (size_t)count);
  lt_vi labels = __builtin_convertvector(bytes, lt_vi);
  return count == LT_LANES ? labels : labels | (lt_lane_numbers() >= lt_splat_i((int32_t)count));
}

/// v[k] becomes x[k] − max, and e[k] its exponential. Returns Σ e − 1: the largest class's e is 1, and without it the
/// sum keeps its accuracy when one class is nearly certain. NaN and +∞ make all of it NaN.
LT_INLINE lt_vf exponentials(const float *x, int64_t stride, int64_t count, int64_t classes, lt_vf *v, lt_vf *e) {
  for (int64_t k = 0; k < classes; k++) v[k] = gather(x + k, stride, count);
  lt_vf max = v[0];
  lt_vi winner = {0};
  for (int64_t k = 1; k < classes; k++) {
    lt_vi larger = v[k] > max;
    max = lt_select(larger, v[k], max);
    winner = (larger & lt_splat_i((int32_t)k)) | (~larger & winner);
  }
  lt_vf others = {0};
  for (int64_t k = 0; k < classes; k++) {
    v[k] -= max;
    e[k] = lt_exp_negative(v[k]);
    others += lt_select(winner == lt_splat_i((int32_t)k), e[k] - lt_splat(1.0f), e[k]);
  }
  return others;
}

LT_INLINE void softmax_of(int64_t classes, lt_vf *v, lt_vf *e, lt_view x, lt_view y, int64_t begin, int64_t end) {
  for (int64_t p = begin; p < end; p += LT_LANES) {
    int64_t count = end - p < LT_LANES ? end - p : LT_LANES;
    lt_vf others = exponentials(x.data + p * x.stride, x.stride, count, classes, v, e);
    lt_vf inverse = lt_splat(1.0f) / (lt_splat(1.0f) + others);
    for (int64_t k = 0; k < classes; k++) scatter(y.data + p * y.stride + k, y.stride, count, e[k] * inverse);
  }
}

static void softmax(lt_view x, lt_view y, int64_t begin, int64_t end) {
  lt_vf v[LT_CLASSES_MAX], e[LT_CLASSES_MAX];
  lt_vf few[4], few_e[4];
  switch (x.c) {
    case 2: softmax_of(2, few, few_e, x, y, begin, end); break;
    case 3: softmax_of(3, few, few_e, x, y, begin, end); break;
    case 4: softmax_of(4, few, few_e, x, y, begin, end); break;
    default: softmax_of(x.c, v, e, x, y, begin, end);
  }
}

static void argmax(lt_view x, uint8_t *labels, int64_t begin, int64_t end) {
  for (int64_t p = begin; p < end; p += LT_LANES) {
    int64_t count = end - p < LT_LANES ? end - p : LT_LANES;
    const float *in = x.data + p * x.stride;
    lt_vf best = gather(in, x.stride, count);
    lt_vi winner = {0};
    for (int64_t k = 1; k < x.c; k++) {
      lt_vf v = gather(in + k, x.stride, count);
      lt_vi wins = (v > best) | ((v != v) & (best == best));
      best = lt_select(wins, v, best);
      winner = (wins & lt_splat_i((int32_t)k)) | (~wins & winner);
    }
    lt_vb bytes = __builtin_convertvector(winner, lt_vb);
    memcpy(labels + p, &bytes, (size_t)count);
  }
}

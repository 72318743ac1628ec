// Arrays without a shape: the optimiser's pass over the parameters, and checks of gradients.

typedef float lt_vf_half __attribute__((vector_size(LT_LANES * 2), aligned(4)));
typedef double lt_vd __attribute__((vector_size(LT_LANES * 4)));

typedef struct {
  float beta1, beta2, one_minus_beta1, one_minus_beta2, step, inverse_root, epsilon, l2, scale;
} adam_constants;

static adam_constants adam_constants_make(const lt_adam_options *o) {
  double first = 1 - pow(o->beta1, (double)o->step), second = 1 - pow(o->beta2, (double)o->step);
  return (adam_constants){o->beta1,
                          o->beta2,
                          (float)(1 - (double)o->beta1),
                          (float)(1 - (double)o->beta2),
                          (float)(o->learning_rate / first),
                          (float)(1 / sqrt(second)),
                          o->epsilon,
                          o->l2,
                          o->gradient_scale};
}

LT_INLINE void adam_vector(const adam_constants *k, float *parameters, const float *gradients, float *first_moment,
                           float *second_moment, int64_t n) {
  lt_vf p = lt_load_n(parameters, n);
  lt_vf g = lt_load_n(gradients, n) * lt_splat(k->scale) + p * lt_splat(k->l2);
  lt_vf m = lt_load_n(first_moment, n) * lt_splat(k->beta1) + g * lt_splat(k->one_minus_beta1);
  lt_vf v = lt_load_n(second_moment, n) * lt_splat(k->beta2) + g * g * lt_splat(k->one_minus_beta2);
  lt_vf size = __builtin_elementwise_sqrt(v) * lt_splat(k->inverse_root) + lt_splat(k->epsilon);
  lt_store_n(first_moment, m, n);
  lt_store_n(second_moment, v, n);
  lt_store_n(parameters, p - lt_splat(k->step) * m / size, n);
}

static void adam(int64_t count, float *parameters, const float *gradients, float *first_moment, float *second_moment,
                 const lt_adam_options *options) {
  const adam_constants k = adam_constants_make(options);
  int64_t i = 0;
  for (; i + LT_LANES <= count; i += LT_LANES)
    adam_vector(&k, parameters + i, gradients + i, first_moment + i, second_moment + i, LT_LANES);
  if (i < count)
    adam_vector(&k, parameters + i, gradients + i, first_moment + i, second_moment + i, count - i);
}

LT_INLINE lt_vd squares(const float *x) {
  lt_vd v = __builtin_convertvector(*(const lt_vf_half *)x, lt_vd);
  return v * v;
}

static double sum_of_squares(int64_t count, const float *x) {
  enum { HALF = LT_LANES / 2 };
  lt_vd a = {0}, b = {0}, c = {0}, d = {0};
  int64_t i = 0;
  for (; i + 4 * HALF <= count; i += 4 * HALF) {
    a += squares(x + i);
    b += squares(x + i + HALF);
    c += squares(x + i + 2 * HALF);
    d += squares(x + i + 3 * HALF);
  }
  lt_vd all = (a + b) + (c + d);
  double sum = 0;
  for (int l = 0; l < HALF; l++) sum += all[l];
  for (; i < count; i++) sum += (double)x[i] * x[i];
  return sum;
}

LT_INLINE lt_vi not_finite(lt_vf v) {
  const lt_vi exponent = lt_splat_i(0x7F800000);
  return ((lt_vi)v & exponent) == exponent;
}

static int64_t count_not_finite(int64_t count, const float *x) {
  lt_vi found = {0};
  int64_t i = 0, total = 0;
  for (; i + LT_LANES <= count; i += LT_LANES) found -= not_finite(lt_load(x + i));
  if (i < count) found -= not_finite(lt_load_part(x + i, count - i));
  for (int l = 0; l < LT_LANES; l++) total += found[l];
  return total;
}

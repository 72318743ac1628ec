LT_INLINE float class_weight(const lt_loss_options *options, int64_t k) {
  return options->class_weights ? options->class_weights[k] : 1;
}

/// Pixels whose label counts: not ignored, and not behind the end.
LT_INLINE lt_vi counted_pixels(lt_vi labels, const lt_loss_options *options) {
  return (labels >= (lt_vi){0}) & (labels != lt_splat_i(options->ignore));
}

/// Float sums of one block of pixels, a vector each; then the block is added to the doubles.
typedef struct {
  lt_vf weighted, weights;
  lt_vf *dice;  // Σpg, Σp, Σg a class
} loss_block;

enum { LT_LOSS_BLOCK = 32 };  // vectors

static double lane_sum(lt_vf v) {
  double sum = 0;
  for (int l = 0; l < LT_LANES; l++) sum += v[l];
  return sum;
}

LT_INLINE void loss_vector(int64_t classes, lt_vf *v, lt_vf *e, const float *x, int64_t stride, int64_t count,
                           lt_vi labels, lt_vi counted, const lt_loss_options *options, loss_block *block) {
  lt_vf others = exponentials(x, stride, count, classes, v, e);
  lt_vf inverse = lt_splat(1.0f) / (lt_splat(1.0f) + others);
  lt_vf own = {0}, weight = {0};
  for (int64_t k = 0; k < classes; k++) {
    lt_vi is_own = labels == lt_splat_i((int32_t)k);
    lt_vf probability = lt_where(counted, e[k] * inverse);
    own += lt_where(is_own, v[k]);
    weight += lt_where(is_own & counted, lt_splat(class_weight(options, k)));
    block->dice[3 * k] += lt_where(is_own, probability);
    block->dice[3 * k + 1] += probability;
    block->dice[3 * k + 2] += lt_where(is_own & counted, lt_splat(1.0f));
  }
  // −log p = log Σ e^(x − max) − (x − max): both parts are ≥ 0, so nothing cancels.
  block->weighted += lt_where(counted, weight * (lt_log1p_positive(others) - own));
  block->weights += weight;
}

LT_INLINE void flush_loss_block(int64_t classes, loss_block *block, double *sums) {
  sums[LT_LOSS_WEIGHTED] += lane_sum(block->weighted);
  sums[LT_LOSS_WEIGHTS] += lane_sum(block->weights);
  for (int64_t i = 0; i < 3 * classes; i++) {
    sums[LT_LOSS_DICE + i] += lane_sum(block->dice[i]);
    block->dice[i] = (lt_vf){0};
  }
  block->weighted = block->weights = (lt_vf){0};
}

LT_INLINE void loss_sums_of(int64_t classes, lt_vf *v, lt_vf *e, lt_vf *dice, lt_view logits, const uint8_t *all_labels,
                            const lt_loss_options *options, int64_t begin, int64_t end, double *sums) {
  loss_block block = {{0}, {0}, dice};
  lt_vi counted_total = {0}, bad_total = {0};
  for (int64_t i = 0; i < 3 * classes; i++) dice[i] = (lt_vf){0};
  for (int64_t start = begin; start < end; start += LT_LOSS_BLOCK * LT_LANES) {
    int64_t stop = end - start < LT_LOSS_BLOCK * LT_LANES ? end : start + LT_LOSS_BLOCK * LT_LANES;
    for (int64_t p = start; p < stop; p += LT_LANES) {
      int64_t count = stop - p < LT_LANES ? stop - p : LT_LANES;
      lt_vi labels = load_labels(all_labels + p, count), counted = counted_pixels(labels, options);
      counted_total -= counted;
      bad_total -= counted & (labels >= lt_splat_i((int32_t)classes));
      loss_vector(classes, v, e, logits.data + p * logits.stride, logits.stride, count, labels, counted, options,
                  &block);
    }
    flush_loss_block(classes, &block, sums);
  }
  for (int l = 0; l < LT_LANES; l++) {
    sums[LT_LOSS_COUNTED] += counted_total[l];
    sums[LT_LOSS_BAD] += bad_total[l];
  }
}

static void loss_sums(lt_view logits, const uint8_t *labels, const lt_loss_options *options, int64_t begin, int64_t end,
                      double *sums) {
  lt_vf v[LT_CLASSES_MAX], e[LT_CLASSES_MAX], dice[3 * LT_CLASSES_MAX], few[4], few_e[4], few_dice[12];
  for (int64_t i = 0; i < LT_LOSS_DICE + 3 * logits.c; i++) sums[i] = 0;
  switch (logits.c) {
    case 2: loss_sums_of(2, few, few_e, few_dice, logits, labels, options, begin, end, sums); break;
    case 3: loss_sums_of(3, few, few_e, few_dice, logits, labels, options, begin, end, sums); break;
    case 4: loss_sums_of(4, few, few_e, few_dice, logits, labels, options, begin, end, sums); break;
    default: loss_sums_of(logits.c, v, e, dice, logits, labels, options, begin, end, sums);
  }
}

/// Cross-entropy: entropy[l]·(p − g). Dice: p·(d − Σ p·d), where d = dice_all + g·dice_label is the derivative with
/// respect to p.
LT_INLINE void loss_gradient_of(int64_t classes, lt_vf *v, lt_vf *e, lt_view logits, const uint8_t *all_labels,
                                const lt_loss_options *options, const lt_loss_gradient *gradient, lt_view gx,
                                int64_t begin, int64_t end) {
  for (int64_t p = begin; p < end; p += LT_LANES) {
    int64_t count = end - p < LT_LANES ? end - p : LT_LANES;
    lt_vi labels = load_labels(all_labels + p, count), counted = counted_pixels(labels, options);
    lt_vf others = exponentials(logits.data + p * logits.stride, logits.stride, count, classes, v, e);
    lt_vf inverse = lt_splat(1.0f) / (lt_splat(1.0f) + others), entropy = {0}, mean = {0};
    for (int64_t k = 0; k < classes; k++) {
      lt_vi is_own = labels == lt_splat_i((int32_t)k);
      e[k] *= inverse;
      v[k] = lt_splat(gradient->dice_all[k]) + lt_where(is_own, lt_splat(gradient->dice_label[k]));
      mean += e[k] * v[k];
      entropy += lt_where(is_own, lt_splat(gradient->entropy[k]));
    }
    for (int64_t k = 0; k < classes; k++) {
      lt_vf own = lt_where(labels == lt_splat_i((int32_t)k), lt_splat(1.0f));
      lt_vf g = entropy * (e[k] - own) + e[k] * (v[k] - mean);
      scatter(gx.data + p * gx.stride + k, gx.stride, count, lt_where(counted, g));
    }
  }
}

static void loss_gradient(lt_view logits, const uint8_t *labels, const lt_loss_options *options,
                          const lt_loss_gradient *gradient, lt_view gx, int64_t begin, int64_t end) {
  lt_vf v[LT_CLASSES_MAX], e[LT_CLASSES_MAX], few[4], few_e[4];
  switch (logits.c) {
    case 2: loss_gradient_of(2, few, few_e, logits, labels, options, gradient, gx, begin, end); break;
    case 3: loss_gradient_of(3, few, few_e, logits, labels, options, gradient, gx, begin, end); break;
    case 4: loss_gradient_of(4, few, few_e, logits, labels, options, gradient, gx, begin, end); break;
    default: loss_gradient_of(logits.c, v, e, logits, labels, options, gradient, gx, begin, end);
  }
}

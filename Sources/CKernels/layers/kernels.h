// What one instruction set offers the layers: each function does one share of the work on the calling thread. The
// public functions (elementwise.c, channels.c, …) split the work, and hand the shares to the pool.
#ifndef LT_LAYERS_KERNELS_H
#define LT_LAYERS_KERNELS_H

#include "lt_layers.h"

/// Rows of floats, `…_step` floats apart: the pixels of a view, or one long row when a view has no gaps. Unused
/// operands stay zero.
typedef struct {
  int64_t rows, length;
  const float *a, *b;
  float *y;
  int64_t a_step, b_step, y_step;
  int stream;  // y is too large for the caches and none of the operands: write past them where that is possible
} lt_rows;

/// The channel constants of batch normalisation's backward pass, each as long as a row.
typedef struct {
  const float *mean, *scale, *shift;
  const float *constant, *slope;  // gx = scale·g − constant − slope·(x − mean)
} lt_norm_constants;

/// The loss's gradient as numbers per class: what a label and a probability weigh.
typedef struct {
  const float *entropy, *dice_label, *dice_all;
} lt_loss_gradient;

enum {
  LT_CLASSES_MAX = 256,  // labels are bytes

  // Partial sums of one share of the loss: Σ w·(−log p), Σ w, pixels counted, bad labels, then Σpg, Σp, Σg a class.
  LT_LOSS_WEIGHTED = 0,
  LT_LOSS_WEIGHTS = 1,
  LT_LOSS_COUNTED = 2,
  LT_LOSS_BAD = 3,
  LT_LOSS_DICE = 4,
};

typedef struct {
  // y = f(a, b) over rows
  void (*relu_forward)(const lt_rows *);
  void (*relu_backward)(const lt_rows *);  // a: the ReLU's output, b: its gradient
  void (*copy)(const lt_rows *);
  void (*add)(const lt_rows *);   // b is the old y
  void (*fill)(const lt_rows *);  // a[0] everywhere
  void (*dropout)(const lt_rows *, uint64_t first_element, uint64_t seed, int32_t threshold, float scale);

  // per channel: a row is a pixel, or several pixels without gaps
  void (*scale_shift)(const lt_rows *, const float *scale, const float *shift, int relu);
  void (*moments)(const lt_rows *, double *mean, double *m2);  // m2 = Σ (x − mean)²
  void (*sums)(const lt_rows *, double *sums);
  void (*norm_sums)(const lt_rows *, const lt_norm_constants *, int relu, double *sums, double *products);
  void (*norm_apply)(const lt_rows *, const lt_norm_constants *, int relu);

  // rows begin ..< end of the pooled tensor, counted over images
  void (*max_pool)(lt_view x, lt_view y, uint8_t *code, int64_t begin, int64_t end);
  void (*max_unpool)(lt_view gy, const uint8_t *code, int accumulate, int stream, lt_view gx, int64_t begin,
                     int64_t end);
  void (*max_gather)(lt_view x, const uint8_t *code, lt_view y, int64_t begin, int64_t end);

  // pixels begin ..< end; at most LT_CLASSES_MAX channels
  void (*softmax)(lt_view x, lt_view y, int64_t begin, int64_t end);
  void (*argmax)(lt_view x, uint8_t *labels, int64_t begin, int64_t end);
  void (*loss_sums)(lt_view logits, const uint8_t *labels, const lt_loss_options *, int64_t begin, int64_t end,
                    double *sums);
  void (*loss_gradient)(lt_view logits, const uint8_t *labels, const lt_loss_options *, const lt_loss_gradient *,
                        lt_view gx, int64_t begin, int64_t end);

  // flat arrays
  void (*adam)(int64_t count, float *parameters, const float *gradients, float *first_moment, float *second_moment,
               const lt_adam_options *);
  double (*sum_of_squares)(int64_t count, const float *x);
  int64_t (*count_not_finite)(int64_t count, const float *x);
} lt_layer_kernels;

extern const lt_layer_kernels lt_layer_kernels_portable;
#if defined(__x86_64__)
extern const lt_layer_kernels lt_layer_kernels_avx2, lt_layer_kernels_avx512;
#endif

static inline const lt_layer_kernels *lt_layer_kernels_for(lt_isa isa) {
#if defined(__x86_64__)
  if (isa == LT_ISA_AVX512) return &lt_layer_kernels_avx512;
  if (isa == LT_ISA_AVX2) return &lt_layer_kernels_avx2;
#endif
  (void)isa;
  return &lt_layer_kernels_portable;
}

#endif

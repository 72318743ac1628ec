#ifndef LT_LAYERS_H
#define LT_LAYERS_H

#include "lt_view.h"

/// Layers without a matrix product. Every function exists twice: the fast one, and `…_reference` in plain C on one
/// thread with double accumulation (lt_layers_reference.h). Reductions are over a fixed split of the pixels, so the
/// result does not depend on the number of threads. All views of a call have the same n, h, w, c unless it says
/// otherwise, and overlap only where it says that they may be the same. Views without pixels or channels are allowed.

void lt_relu_forward(lt_context context, lt_view x, lt_view y);  // x and y may be the same
/// gx = 0 where y ≤ 0, else gy (a NaN in y lets the gradient pass, as in PyTorch). gx may be gy.
void lt_relu_backward(lt_context context, lt_view y, lt_view gy, lt_view gx);

/// y = relu?(x·scale + shift) per channel; x and y may be the same.
void lt_scale_shift(lt_context context, lt_view x, const float *scale, const float *shift, int relu, lt_view y);

/// Floats of scratch memory that the following reductions over channels need.
int64_t lt_channel_scratch_floats(lt_context context, int64_t c);
/// Mean and biased variance of each channel over all pixels, wherever the mean lies (shifted sums, joined by Chan's
/// formula); 0 without pixels.
void lt_channel_moments(lt_context context, lt_view x, float *mean, float *variance, float *scratch);
/// Sum of each channel over all pixels (a bias's gradient).
void lt_channel_sums(lt_context context, lt_view x, float *sums, float *scratch);

/// Batch normalisation as one scale and one shift per channel: scale = gamma·inverse_std, shift = beta − mean·scale.
/// The forward pass must take them from here: lt_batch_norm_backward finds the ReLU's mask with the same numbers.
void lt_batch_norm_scale_shift(int64_t c, const float *mean, const float *inverse_std, const float *gamma,
                               const float *beta, float *scale, float *shift);

/// Batch normalisation in training, backward, with the ReLU behind it when `relu`: x is the layer's input, mean and
/// inverse_std what the forward pass used, gy the gradient behind the ReLU. The ReLU's mask is recomputed from x.
/// Writes gx (may be gy), ggamma and gbeta.
void lt_batch_norm_backward(lt_context context, lt_view x, const float *mean, const float *inverse_std,
                            const float *gamma, const float *beta, int relu, lt_view gy, lt_view gx, float *ggamma,
                            float *gbeta, float *scratch);

/// 2×2 max-pooling, stride 2. code (dense n × h/2 × w/2 × c, may be NULL): which of the window's positions 0 … 3
/// (row·2 + column) won; ties go to the first, as in PyTorch; a NaN wins.
void lt_max_pool_forward(lt_context context, lt_view x, lt_view y, uint8_t *code);
/// The reverse movement: gx(winner) = (accumulate ? gx(winner) : 0) + gy, others unchanged or 0. Also max-unpooling.
void lt_max_unpool(lt_context context, lt_view gy, const uint8_t *code, int accumulate, lt_view gx);
/// y = x(winner): the gradient of max-unpooling.
void lt_max_gather(lt_context context, lt_view x, const uint8_t *code, lt_view y);

/// Inverted dropout: y = x / (1 − rate) or 0 (always 0 from rate 1 on); the mask is a counter-based hash of (seed,
/// element number), so the backward pass calls the same function on the gradient. An element's number counts pixels and
/// channels, not the gaps of a stride. x and y may be the same.
void lt_dropout(lt_context context, lt_view x, float rate, uint64_t seed, lt_view y);

void lt_copy(lt_context context, lt_view x, lt_view y);
void lt_add(lt_context context, lt_view x, lt_view y);  // y += x
void lt_fill(lt_context context, float value, lt_view y);

/// Dense N×C×H×W planes ↔ channels-last.
void lt_from_planes(lt_context context, const float *planes, lt_view y);
void lt_to_planes(lt_context context, lt_view x, float *planes);

/// Softmax over channels (x and y may be the same), and the channel with the largest value (first on ties, a NaN counts
/// as the largest, as in PyTorch; at most 256 channels), labels dense n × h × w.
void lt_softmax(lt_context context, lt_view x, lt_view y);
void lt_argmax(lt_context context, lt_view x, uint8_t *labels);

/// Pixel-wise loss = cross_entropy_weight · CE + dice_weight · soft Dice, on logits. Labels dense n × h × w.
/// CE as PyTorch's cross_entropy(weight=, ignore_index=): Σ w[l]·(−log p[l]) / Σ w[l] over pixels whose label is not
/// `ignore` (−1: none). Soft Dice: 1 − mean over classes of (2Σpg + ε)/(Σp + Σg + ε) over the whole batch, ignored
/// pixels left out, ε = 1e-5. gx (data NULL: not wanted) gets the gradient with respect to the logits, and may be the
/// logits. A NaN or +∞ among the logits of a counted pixel makes the loss NaN; so does a cross-entropy in which no
/// pixel counts (0/0), as in PyTorch; a part whose weight is 0 is left out of the loss. 1 to 256 channels, else NaN.
typedef struct {
  const float *class_weights;  // c floats, NULL: all 1
  int32_t ignore;
  float cross_entropy_weight, dice_weight;
} lt_loss_options;
typedef struct {
  double loss, cross_entropy, dice_loss;
  int64_t counted;    // pixels not ignored
  int64_t bad_label;  // pixels whose label is neither a class nor `ignore`: then nothing else is valid
} lt_loss_result;
int64_t lt_loss_scratch_floats(lt_context context, int64_t n, int64_t h, int64_t w, int64_t c);
lt_loss_result lt_loss(lt_context context, lt_view logits, const uint8_t *labels, lt_loss_options options, lt_view gx,
                       float *scratch);

/// Adam (Kingma & Ba 2015, Algorithm 1, with bias correction) over flat arrays; the gradient used is
/// gradient_scale·g + l2·p (coupled L2). step counts from 1.
typedef struct {
  float learning_rate, beta1, beta2, epsilon, l2, gradient_scale;
  int64_t step;
} lt_adam_options;
void lt_adam(lt_context context, int64_t count, float *parameters, const float *gradients, float *first_moment,
             float *second_moment, lt_adam_options options);

/// Σ x², in double, the same bits for any number of threads.
double lt_sum_of_squares(lt_context context, int64_t count, const float *x);
/// How many of the values are NaN or infinite.
int64_t lt_count_not_finite(lt_context context, int64_t count, const float *x);

#endif

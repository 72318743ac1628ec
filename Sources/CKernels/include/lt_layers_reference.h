#ifndef LT_LAYERS_REFERENCE_H
#define LT_LAYERS_REFERENCE_H

#include "lt_layers.h"

/// Plain references of lt_layers.h: one thread, one pixel after the other, double accumulation, no scratch memory. The
/// tests hold the fast kernels against them; the meaning of each is written there.

void lt_relu_forward_reference(lt_view x, lt_view y);
void lt_relu_backward_reference(lt_view y, lt_view gy, lt_view gx);
void lt_scale_shift_reference(lt_view x, const float *scale, const float *shift, int relu, lt_view y);

void lt_channel_moments_reference(lt_view x, float *mean, float *variance);
void lt_channel_sums_reference(lt_view x, float *sums);
void lt_batch_norm_backward_reference(lt_view x, const float *mean, const float *inverse_std, const float *gamma,
                                      const float *beta, int relu, lt_view gy, lt_view gx, float *ggamma,
                                      float *gbeta);

void lt_max_pool_forward_reference(lt_view x, lt_view y, uint8_t *code);
void lt_max_unpool_reference(lt_view gy, const uint8_t *code, int accumulate, lt_view gx);
void lt_max_gather_reference(lt_view x, const uint8_t *code, lt_view y);

void lt_dropout_reference(lt_view x, float rate, uint64_t seed, lt_view y);

void lt_copy_reference(lt_view x, lt_view y);
void lt_add_reference(lt_view x, lt_view y);
void lt_fill_reference(float value, lt_view y);
void lt_from_planes_reference(const float *planes, lt_view y);
void lt_to_planes_reference(lt_view x, float *planes);

void lt_softmax_reference(lt_view x, lt_view y);
void lt_argmax_reference(lt_view x, uint8_t *labels);
lt_loss_result lt_loss_reference(lt_view logits, const uint8_t *labels, lt_loss_options options, lt_view gx);

void lt_adam_reference(int64_t count, float *parameters, const float *gradients, float *first_moment,
                       float *second_moment, lt_adam_options options);
double lt_sum_of_squares_reference(int64_t count, const float *x);
int64_t lt_count_not_finite_reference(int64_t count, const float *x);

#endif

// Until the fast kernels stand: the public functions are their references.
#include "lt_layers_reference.h"

#define LT_PLAIN(...) { (void)context; __VA_ARGS__; }

void lt_relu_forward(lt_context context, lt_view x, lt_view y) LT_PLAIN(lt_relu_forward_reference(x, y))
void lt_relu_backward(lt_context context, lt_view y, lt_view gy, lt_view gx) LT_PLAIN(lt_relu_backward_reference(y, gy, gx))
void lt_scale_shift(lt_context context, lt_view x, const float *scale, const float *shift, int relu, lt_view y)
    LT_PLAIN(lt_scale_shift_reference(x, scale, shift, relu, y))
int64_t lt_channel_scratch_floats(lt_context context, int64_t c) LT_PLAIN(return 16 * c)
void lt_channel_moments(lt_context context, lt_view x, float *mean, float *variance, float *scratch)
    LT_PLAIN((void)scratch; lt_channel_moments_reference(x, mean, variance))
void lt_channel_sums(lt_context context, lt_view x, float *sums, float *scratch)
    LT_PLAIN((void)scratch; lt_channel_sums_reference(x, sums))
void lt_batch_norm_backward(lt_context context, lt_view x, const float *mean, const float *inverse_std,
                            const float *gamma, const float *beta, int relu, lt_view gy, lt_view gx, float *ggamma,
                            float *gbeta, float *scratch)
    LT_PLAIN((void)scratch;
             lt_batch_norm_backward_reference(x, mean, inverse_std, gamma, beta, relu, gy, gx, ggamma, gbeta))
void lt_max_pool_forward(lt_context context, lt_view x, lt_view y, uint8_t *code)
    LT_PLAIN(lt_max_pool_forward_reference(x, y, code))
void lt_max_unpool(lt_context context, lt_view gy, const uint8_t *code, int accumulate, lt_view gx)
    LT_PLAIN(lt_max_unpool_reference(gy, code, accumulate, gx))
void lt_max_gather(lt_context context, lt_view x, const uint8_t *code, lt_view y)
    LT_PLAIN(lt_max_gather_reference(x, code, y))
void lt_dropout(lt_context context, lt_view x, float rate, uint64_t seed, lt_view y)
    LT_PLAIN(lt_dropout_reference(x, rate, seed, y))
void lt_copy(lt_context context, lt_view x, lt_view y) LT_PLAIN(lt_copy_reference(x, y))
void lt_add(lt_context context, lt_view x, lt_view y) LT_PLAIN(lt_add_reference(x, y))
void lt_fill(lt_context context, float value, lt_view y) LT_PLAIN(lt_fill_reference(value, y))
void lt_from_planes(lt_context context, const float *planes, lt_view y) LT_PLAIN(lt_from_planes_reference(planes, y))
void lt_to_planes(lt_context context, lt_view x, float *planes) LT_PLAIN(lt_to_planes_reference(x, planes))
void lt_softmax(lt_context context, lt_view x, lt_view y) LT_PLAIN(lt_softmax_reference(x, y))
void lt_argmax(lt_context context, lt_view x, uint8_t *labels) LT_PLAIN(lt_argmax_reference(x, labels))
int64_t lt_loss_scratch_floats(lt_context context, int64_t n, int64_t h, int64_t w, int64_t c)
    LT_PLAIN((void)n; (void)h; (void)w; return 16 * c)
lt_loss_result lt_loss(lt_context context, lt_view logits, const uint8_t *labels, lt_loss_options options, lt_view gx,
                       float *scratch)
    LT_PLAIN((void)scratch; return lt_loss_reference(logits, labels, options, gx))
void lt_adam(lt_context context, int64_t count, float *parameters, const float *gradients, float *first_moment,
             float *second_moment, lt_adam_options options)
    LT_PLAIN(lt_adam_reference(count, parameters, gradients, first_moment, second_moment, options))
double lt_sum_of_squares(lt_context context, int64_t count, const float *x)
    LT_PLAIN(return lt_sum_of_squares_reference(count, x))
int64_t lt_count_not_finite(lt_context context, int64_t count, const float *x)
    LT_PLAIN(return lt_count_not_finite_reference(count, x))

#ifndef LT_CONV3X3_H
#define LT_CONV3X3_H

#include "lt_view.h"

/// 3×3 convolution, stride 1, zero padding 1, channels-last. Weights are HWIO: [3][3][ci][co].

typedef enum {
  LT_CONV_DIRECT = 0,         // few input channels
  LT_CONV_WINOGRAD_4 = 4,     // F(4×4, 3×3)
  LT_CONV_WINOGRAD_6 = 6,     // F(6×6, 3×3)
} lt_conv_algorithm;

/// How one layer of one shape is computed; a plain value made by lt_conv3x3_plan_make.
typedef struct {
  int64_t n, h, w, ci, co;
  lt_isa isa;
  int32_t threads;
  lt_conv_algorithm algorithm;
  int32_t shared;              // 1: all threads work on one group of tiles; 0: each task on its own
  int32_t tiles_per_group;     // tiles whose transformed input is held at once
  int32_t channels_per_block;  // output channels whose products are held at once
} lt_conv3x3_plan;

/// Chooses the algorithm and the block sizes for x: n×h×w×ci, y: n×h×w×co.
lt_conv3x3_plan lt_conv3x3_plan_make(lt_context context, int64_t n, int64_t h, int64_t w, int64_t ci, int64_t co);
/// The same, but never F(6×6), whose rounding error is several times F(4×4)'s: for the passes of training, where a value
/// that rounding moves across a kink of ReLU or pooling changes gradients by whole terms.
lt_conv3x3_plan lt_conv3x3_plan_make_accurate(lt_context context, int64_t n, int64_t h, int64_t w, int64_t ci,
                                              int64_t co);

/// Floats of packed weights and of scratch memory that the forward pass needs.
int64_t lt_conv3x3_packed_floats(const lt_conv3x3_plan *plan);
int64_t lt_conv3x3_scratch_floats(const lt_conv3x3_plan *plan);
/// Brings HWIO weights into the plan's layout; once for inference, before every step in training.
void lt_conv3x3_pack(lt_context context, const lt_conv3x3_plan *plan, const float *hwio, float *packed);

/// y = relu?(x * w + bias) with weights packed for this plan; `bias` has co floats or is NULL. x and y must not overlap.
void lt_conv3x3_forward(lt_context context, const lt_conv3x3_plan *plan, lt_view x, const float *packed,
                        const float *bias, int relu, lt_view y, float *scratch);

/// The weights whose convolution with the output's gradient gives the input's: rotated by 180° and transposed,
/// [3][3][ci][co] → [3][3][co][ci].
void lt_conv3x3_rotate(lt_context context, int64_t ci, int64_t co, const float *hwio, float *rotated);

/// gw (HWIO, overwritten) = gradient of the weights from x and the output's gradient gy.
int64_t lt_conv3x3_weight_gradient_scratch_floats(const lt_conv3x3_plan *plan);
void lt_conv3x3_weight_gradient(lt_context context, const lt_conv3x3_plan *plan, lt_view x, lt_view gy, float *gw,
                                float *scratch);

/// Plain double-accumulating references of the above.
void lt_conv3x3_forward_reference(lt_view x, const float *hwio, const float *bias, int relu, lt_view y);
void lt_conv3x3_weight_gradient_reference(lt_view x, lt_view gy, float *gw);

#endif

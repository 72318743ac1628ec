#ifndef LT_DIRECT_H
#define LT_DIRECT_H

#include "lt_conv3x3.h"

/// 3×3 convolution for few input channels, where a Winograd transform costs more than it saves: strips of pixels as a
/// product of their 9·ci patch values with the weights. Arguments as in lt_conv3x3.h.
int64_t lt_conv3x3_direct_packed_floats(const lt_conv3x3_plan *plan);
int64_t lt_conv3x3_direct_scratch_floats(const lt_conv3x3_plan *plan);
void lt_conv3x3_direct_pack(const lt_conv3x3_plan *plan, const float *hwio, float *packed);
void lt_conv3x3_direct(lt_context context, const lt_conv3x3_plan *plan, lt_view x, const float *packed,
                       const float *bias, int relu, lt_view y, float *scratch);

int64_t lt_conv3x3_direct_gradient_scratch_floats(const lt_conv3x3_plan *plan);
void lt_conv3x3_direct_gradient(lt_context context, const lt_conv3x3_plan *plan, lt_view x, lt_view gy, float *gw,
                                float *scratch);

#endif

#ifndef LT_PRODUCT_H
#define LT_PRODUCT_H

#include "lt_view.h"

/// Products of pixel rows with a constant matrix: 1×1 convolution and 2×2 transposed convolution with stride 2.

/// Floats of a packed [k][n] matrix for the context's instruction set.
int64_t lt_product_packed_floats(lt_context context, int64_t k, int64_t n);
/// Packs a row-major matrix [k][n] with row stride ld.
void lt_product_pack(lt_context context, int64_t k, int64_t n, const float *matrix, int64_t ld, float *packed);

/// y = relu?(x · w + bias), w packed from [ci][co]. y has x's n, h, w.
void lt_conv1x1_forward(lt_context context, lt_view x, const float *packed, const float *bias, int relu, lt_view y);

/// 2×2 transposed convolution, stride 2: y (n × 2h × 2w × co) at (2i+a, 2j+b) = x(i, j) · w[a][b] + bias. `packed` holds
/// the four matrices [ci][co] for (a, b) = (0,0), (0,1), (1,0), (1,1) one after the other, each packed.
void lt_transposed2x2_forward(lt_context context, lt_view x, const float *packed, const float *bias, lt_view y);

/// The inverse data movement, for the gradient: rows[p][(a·2+b)·co + c] = gy(2i+a, 2j+b, c), p over n, i, j of the small
/// grid (n × h × w), rows dense with 4·co columns.
void lt_transposed2x2_gather(lt_context context, lt_view gy, float *rows);

/// Plain double-accumulating references on unpacked weights.
void lt_conv1x1_forward_reference(lt_view x, const float *matrix, const float *bias, int relu, lt_view y);
/// matrices: [a][b][ci][co]
void lt_transposed2x2_forward_reference(lt_view x, const float *matrices, const float *bias, lt_view y);

#endif

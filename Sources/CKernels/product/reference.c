#include "lt_product.h"

void lt_conv1x1_forward_reference(lt_view x, const float *matrix, const float *bias, int relu, lt_view y) {
  for (int64_t p = 0; p < x.n * x.h * x.w; p++)
    for (int64_t o = 0; o < y.c; o++) {
      double sum = bias ? bias[o] : 0;
      for (int64_t c = 0; c < x.c; c++) sum += (double)x.data[p * x.stride + c] * matrix[c * y.c + o];
      y.data[p * y.stride + o] = relu && sum < 0 ? 0 : (float)sum;
    }
}

void lt_transposed2x2_forward_reference(lt_view x, const float *matrices, const float *bias, lt_view y) {
  for (int64_t p = 0; p < y.n * y.h * y.w; p++) {
    int64_t j = p % y.w, i = p / y.w % y.h, n = p / y.w / y.h;
    const float *in = x.data + ((n * x.h + i / 2) * x.w + j / 2) * x.stride;
    const float *matrix = matrices + ((i % 2) * 2 + j % 2) * x.c * y.c;
    for (int64_t o = 0; o < y.c; o++) {
      double sum = bias ? bias[o] : 0;
      for (int64_t c = 0; c < x.c; c++) sum += (double)in[c] * matrix[c * y.c + o];
      y.data[p * y.stride + o] = (float)sum;
    }
  }
}

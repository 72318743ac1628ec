#include <stdlib.h>
#include <string.h>

#include "lt_conv3x3.h"

static const float *pixel(lt_view v, int64_t n, int64_t y, int64_t x) {
  return v.data + ((n * v.h + y) * v.w + x) * v.stride;
}

void lt_conv3x3_forward_reference(lt_view x, const float *hwio, const float *bias, int relu, lt_view y) {
  for (int64_t n = 0; n < y.n; n++)
    for (int64_t i = 0; i < y.h; i++)
      for (int64_t j = 0; j < y.w; j++) {
        float *out = y.data + ((n * y.h + i) * y.w + j) * y.stride;
        for (int64_t o = 0; o < y.c; o++) {
          double sum = bias ? bias[o] : 0;
          for (int64_t a = 0; a < 3; a++)
            for (int64_t b = 0; b < 3; b++) {
              int64_t r = i + a - 1, s = j + b - 1;
              if (r < 0 || r >= x.h || s < 0 || s >= x.w) continue;
              const float *in = pixel(x, n, r, s);
              const float *w = hwio + (a * 3 + b) * x.c * y.c + o;
              for (int64_t c = 0; c < x.c; c++) sum += (double)in[c] * w[c * y.c];
            }
          out[o] = relu && sum < 0 ? 0 : (float)sum;
        }
      }
}

void lt_conv3x3_weight_gradient_reference(lt_view x, lt_view gy, float *gw) {
  for (int64_t a = 0; a < 3; a++)
    for (int64_t b = 0; b < 3; b++)
      for (int64_t c = 0; c < x.c; c++)
        for (int64_t o = 0; o < gy.c; o++) {
          double sum = 0;
          for (int64_t n = 0; n < x.n; n++)
            for (int64_t i = 0; i < gy.h; i++)
              for (int64_t j = 0; j < gy.w; j++) {
                int64_t r = i + a - 1, s = j + b - 1;
                if (r < 0 || r >= x.h || s < 0 || s >= x.w) continue;
                sum += (double)pixel(x, n, r, s)[c] * pixel(gy, n, i, j)[o];
              }
          gw[((a * 3 + b) * x.c + c) * gy.c + o] = (float)sum;
        }
}

void lt_conv3x3_rotate(lt_context context, int64_t ci, int64_t co, const float *hwio, float *rotated) {
  (void)context;
  for (int64_t t = 0; t < 9; t++)
    for (int64_t c = 0; c < ci; c++)
      for (int64_t o = 0; o < co; o++) rotated[((8 - t) * co + o) * ci + c] = hwio[(t * ci + c) * co + o];
}

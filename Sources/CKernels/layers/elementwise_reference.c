#include "dropout_hash.h"
#include "lt_layers_reference.h"
#include "view.h"

void lt_relu_forward_reference(lt_view x, lt_view y) {
  for (int64_t p = 0; p < lt_view_pixels(x); p++)
    for (int64_t c = 0; c < x.c; c++) {
      float v = lt_view_pixel(x, p)[c];
      lt_view_pixel(y, p)[c] = v <= 0 ? 0 : v;  // NaN stays
    }
}

void lt_relu_backward_reference(lt_view y, lt_view gy, lt_view gx) {
  for (int64_t p = 0; p < lt_view_pixels(y); p++)
    for (int64_t c = 0; c < y.c; c++)
      lt_view_pixel(gx, p)[c] = lt_view_pixel(y, p)[c] <= 0 ? 0 : lt_view_pixel(gy, p)[c];
}

void lt_scale_shift_reference(lt_view x, const float *scale, const float *shift, int relu, lt_view y) {
  for (int64_t p = 0; p < lt_view_pixels(x); p++)
    for (int64_t c = 0; c < x.c; c++) {
      double v = (double)lt_view_pixel(x, p)[c] * scale[c] + shift[c];
      lt_view_pixel(y, p)[c] = relu && v <= 0 ? 0 : (float)v;
    }
}

void lt_copy_reference(lt_view x, lt_view y) {
  for (int64_t p = 0; p < lt_view_pixels(x); p++)
    for (int64_t c = 0; c < x.c; c++) lt_view_pixel(y, p)[c] = lt_view_pixel(x, p)[c];
}

void lt_add_reference(lt_view x, lt_view y) {
  for (int64_t p = 0; p < lt_view_pixels(x); p++)
    for (int64_t c = 0; c < x.c; c++) lt_view_pixel(y, p)[c] += lt_view_pixel(x, p)[c];
}

void lt_fill_reference(float value, lt_view y) {
  for (int64_t p = 0; p < lt_view_pixels(y); p++)
    for (int64_t c = 0; c < y.c; c++) lt_view_pixel(y, p)[c] = value;
}

void lt_from_planes_reference(const float *planes, lt_view y) {
  int64_t area = y.h * y.w;
  for (int64_t n = 0; n < y.n; n++)
    for (int64_t c = 0; c < y.c; c++)
      for (int64_t p = 0; p < area; p++) lt_view_pixel(y, n * area + p)[c] = planes[(n * y.c + c) * area + p];
}

void lt_to_planes_reference(lt_view x, float *planes) {
  int64_t area = x.h * x.w;
  for (int64_t n = 0; n < x.n; n++)
    for (int64_t c = 0; c < x.c; c++)
      for (int64_t p = 0; p < area; p++) planes[(n * x.c + c) * area + p] = lt_view_pixel(x, n * area + p)[c];
}

void lt_dropout_reference(lt_view x, float rate, uint64_t seed, lt_view y) {
  int32_t threshold = lt_dropout_threshold(rate);
  float scale = 1 / (1 - rate);
  for (int64_t p = 0; p < lt_view_pixels(x); p++)
    for (int64_t c = 0; c < x.c; c++) {
      int keeps = lt_dropout_keeps(seed, (uint64_t)(p * x.c + c), threshold);
      lt_view_pixel(y, p)[c] = keeps ? lt_view_pixel(x, p)[c] * scale : 0;
    }
}

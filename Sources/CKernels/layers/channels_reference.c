#include "lt_layers_reference.h"
#include "view.h"

void lt_channel_moments_reference(lt_view x, float *mean, float *variance) {
  int64_t pixels = lt_view_pixels(x);
  for (int64_t c = 0; c < x.c; c++) {
    double sum = 0, squares = 0;
    for (int64_t p = 0; p < pixels; p++) sum += lt_view_pixel(x, p)[c];
    for (int64_t p = 0; p < pixels; p++) {
      double distance = lt_view_pixel(x, p)[c] - sum / (double)pixels;
      squares += distance * distance;
    }
    mean[c] = pixels ? (float)(sum / (double)pixels) : 0;
    variance[c] = pixels ? (float)(squares / (double)pixels) : 0;
  }
}

void lt_channel_sums_reference(lt_view x, float *sums) {
  for (int64_t c = 0; c < x.c; c++) {
    double sum = 0;
    for (int64_t p = 0; p < lt_view_pixels(x); p++) sum += lt_view_pixel(x, p)[c];
    sums[c] = (float)sum;
  }
}

void lt_batch_norm_scale_shift(int64_t c, const float *mean, const float *inverse_std, const float *gamma,
                               const float *beta, float *scale, float *shift) {
  for (int64_t k = 0; k < c; k++) {
    float s = gamma[k] * inverse_std[k];
    shift[k] = (float)(beta[k] - (double)mean[k] * s);
    scale[k] = s;
  }
}

void lt_batch_norm_backward_reference(lt_view x, const float *mean, const float *inverse_std, const float *gamma,
                                      const float *beta, int relu, lt_view gy, lt_view gx, float *ggamma,
                                      float *gbeta) {
  int64_t pixels = lt_view_pixels(x);
  for (int64_t c = 0; c < x.c; c++) {
    float scale, shift;
    lt_batch_norm_scale_shift(1, mean + c, inverse_std + c, gamma + c, beta + c, &scale, &shift);
    double sum = 0, product = 0;
    for (int64_t p = 0; p < pixels; p++) {
      double v = lt_view_pixel(x, p)[c], g = lt_view_pixel(gy, p)[c];
      if (relu && v * scale + shift <= 0) g = 0;
      sum += g;
      product += g * (v - mean[c]) * inverse_std[c];
    }
    for (int64_t p = 0; p < pixels; p++) {
      double v = lt_view_pixel(x, p)[c], g = lt_view_pixel(gy, p)[c];
      if (relu && v * scale + shift <= 0) g = 0;
      double normalised = (v - mean[c]) * inverse_std[c];
      double centred = g - sum / (double)pixels - normalised * product / (double)pixels;
      lt_view_pixel(gx, p)[c] = (float)((double)gamma[c] * inverse_std[c] * centred);
    }
    ggamma[c] = (float)product;
    gbeta[c] = (float)sum;
  }
}

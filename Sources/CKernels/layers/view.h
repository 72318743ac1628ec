// Walking a view pixel by pixel, for the references and the functions that split the work.
#ifndef LT_LAYERS_VIEW_H
#define LT_LAYERS_VIEW_H

#include "lt_view.h"

static inline int64_t lt_view_pixels(lt_view v) { return v.n * v.h * v.w; }

/// The channels of pixel `index`, counted over rows and images.
static inline float *lt_view_pixel(lt_view v, int64_t index) { return v.data + index * v.stride; }

static inline float *lt_view_at(lt_view v, int64_t n, int64_t i, int64_t j) {
  return lt_view_pixel(v, (n * v.h + i) * v.w + j);
}

#endif

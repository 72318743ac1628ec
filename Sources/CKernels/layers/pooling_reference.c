#include <math.h>
#include <stddef.h>

#include "lt_layers_reference.h"
#include "view.h"

void lt_max_pool_forward_reference(lt_view x, lt_view y, uint8_t *code) {
  for (int64_t n = 0; n < y.n; n++)
    for (int64_t i = 0; i < y.h; i++)
      for (int64_t j = 0; j < y.w; j++)
        for (int64_t c = 0; c < y.c; c++) {
          float best = lt_view_at(x, n, 2 * i, 2 * j)[c];
          uint8_t winner = 0;
          for (uint8_t k = 1; k < 4; k++) {
            float v = lt_view_at(x, n, 2 * i + k / 2, 2 * j + k % 2)[c];
            if (v > best || isnan(v)) {
              best = v;
              winner = k;
            }
          }
          lt_view_at(y, n, i, j)[c] = best;
          if (code) code[((n * y.h + i) * y.w + j) * y.c + c] = winner;
        }
}

void lt_max_unpool_reference(lt_view gy, const uint8_t *code, int accumulate, lt_view gx) {
  if (!accumulate) lt_fill_reference(0, gx);
  for (int64_t n = 0; n < gy.n; n++)
    for (int64_t i = 0; i < gy.h; i++)
      for (int64_t j = 0; j < gy.w; j++)
        for (int64_t c = 0; c < gy.c; c++) {
          uint8_t k = code[((n * gy.h + i) * gy.w + j) * gy.c + c];
          lt_view_at(gx, n, 2 * i + k / 2, 2 * j + k % 2)[c] += lt_view_at(gy, n, i, j)[c];
        }
}

void lt_max_gather_reference(lt_view x, const uint8_t *code, lt_view y) {
  for (int64_t n = 0; n < y.n; n++)
    for (int64_t i = 0; i < y.h; i++)
      for (int64_t j = 0; j < y.w; j++)
        for (int64_t c = 0; c < y.c; c++) {
          uint8_t k = code[((n * y.h + i) * y.w + j) * y.c + c];
          lt_view_at(y, n, i, j)[c] = lt_view_at(x, n, 2 * i + k / 2, 2 * j + k % 2)[c];
        }
}

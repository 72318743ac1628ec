// Winograd kernels for one instruction set: see winograd.h for what each does.
#include "winograd.h"
#include "winograd_tile.inc.h"

/// A tile's place in the image: its first row and column (of the output) and its image.
typedef struct {
  int64_t n, row, column;
} LT_NAME(lt_place);

LT_INLINE LT_NAME(lt_place) place_of(int m, int64_t tile, int64_t h, int64_t w) {
  int64_t across = lt_tiles_along(w, m), down = lt_tiles_along(h, m);
  return (LT_NAME(lt_place)){tile / (across * down), tile / across % down * m, tile % across * m};
}

// Channels go through the transforms a cache line (16 floats) at a time: every line is then touched once, which matters
// because the rows of an image and the frequencies of V lie at strides that share cache sets.
#define LT_LINE_VECTORS (LT_LINE / LT_LANES)

LT_INLINE void input_transform(int m, const lt_vf *x, lt_vf *v) {
  if (m == 6) input_transform_6(x, v);
  else input_transform_4(x, v);
}

/// Bᵀ x B of one patch for one line of channels.
LT_INLINE void input_line(int m, const float *patch, int64_t row_stride, int64_t pixel_stride, float *v,
                          int64_t frequency_stride) {
  const int n = m + 2;
  lt_vf half[8][8][LT_LINE_VECTORS];
#pragma clang loop unroll(disable)
  for (int r = 0; r < n; r++) {
    const float *line = patch + r * row_stride;
#pragma clang loop unroll(full)
    for (int i = 0; i < LT_LINE_VECTORS; i++) {
      lt_vf x[8], t[8];
#pragma clang loop unroll(full)
      for (int s = 0; s < n; s++) x[s] = lt_load(line + s * pixel_stride + i * LT_LANES);
      input_transform(m, x, t);
#pragma clang loop unroll(full)
      for (int s = 0; s < n; s++) half[r][s][i] = t[s];
    }
  }
#pragma clang loop unroll(disable)
  for (int s = 0; s < n; s++) {
    float *out = v + s * frequency_stride;
#pragma clang loop unroll(full)
    for (int i = 0; i < LT_LINE_VECTORS; i++) {
      lt_vf x[8], t[8];
#pragma clang loop unroll(full)
      for (int r = 0; r < n; r++) x[r] = half[r][s][i];
      input_transform(m, x, t);
#pragma clang loop unroll(full)
      for (int r = 0; r < n; r++) lt_store(out + r * n * frequency_stride + i * LT_LANES, t[r]);
    }
  }
}

/// n × n pixels at (row, column) that cross the image's border, or a line that crosses the last channel, copied with
/// zeros around them.
static __attribute__((noinline)) void copy_patch(int n, lt_view x, LT_NAME(lt_place) at, int64_t c, int64_t c1,
                                                 float *patch) {
  const int64_t left = c1 - c;
  for (int r = 0; r < n; r++)
    for (int s = 0; s < n; s++, patch += LT_LINE) {
      int64_t row = at.row + r, column = at.column + s;
      int outside = row < 0 || row >= x.h || column < 0 || column >= x.w;
      const float *from = x.data + ((at.n * x.h + row) * x.w + column) * x.stride + c;
#pragma clang loop unroll(full)
      for (int i = 0; i < LT_LINE_VECTORS; i++) {
        int64_t count = outside ? 0 : left - i * LT_LANES;
        lt_store(patch + i * LT_LANES, count > 0 ? lt_load_some(from + i * LT_LANES, count) : (lt_vf){0});
      }
    }
}

LT_INLINE void input_tiles(int m, lt_view x, int64_t first, int64_t last, int64_t c0, int64_t c1, lt_tiles v) {
  const int n = m + 2;
  for (int64_t tile = first; tile < last; tile++) {
    LT_NAME(lt_place) at = place_of(m, tile, x.h, x.w);
    at.row -= 1;
    at.column -= 1;
    int inside = at.row >= 0 && at.column >= 0 && at.row + n <= x.h && at.column + n <= x.w;
    const float *corner = x.data + ((at.n * x.h + at.row) * x.w + at.column) * x.stride;
    float *out = v.data + (tile - first) * v.tile_stride;
    for (int64_t c = c0; c < c1; c += LT_LINE, out += v.line_stride) {
      float copy[64 * LT_LINE] __attribute__((aligned(64)));
      const float *patch = corner + c;
      int64_t row_stride = x.w * x.stride, pixel_stride = x.stride;
      if (!inside || c + LT_LINE > c1) {
        copy_patch(n, x, at, c, c1, copy);
        patch = copy;
        row_stride = n * LT_LINE;
        pixel_stride = LT_LINE;
      }
      input_line(m, patch, row_stride, pixel_stride, out, v.frequency_stride);
    }
  }
}

static void LT_NAME(winograd_input)(int m, lt_view x, int64_t first, int64_t last, int64_t c0, int64_t c1,
                                    lt_tiles v) {
  if (m == 6) input_tiles(6, x, first, last, c0, c1, v);
  else input_tiles(4, x, first, last, c0, c1, v);
}

LT_INLINE void output_transform(int m, const lt_vf *x, lt_vf *y) {
  if (m == 6) output_transform_6(x, y);
  else output_transform_4(x, y);
}

/// relu?(Aᵀ products A + bias) of one tile for one line of channels.
LT_INLINE void output_line(int m, int relu, const float *products, int64_t frequency_stride, const lt_vf *bias,
                           float *y, int64_t row_stride, int64_t pixel_stride) {
  const int n = m + 2;
  lt_vf half[8][6][LT_LINE_VECTORS];
#pragma clang loop unroll(disable)
  for (int r = 0; r < n; r++) {
    const float *in = products + r * n * frequency_stride;
#pragma clang loop unroll(full)
    for (int i = 0; i < LT_LINE_VECTORS; i++) {
      lt_vf x[8], t[6];
#pragma clang loop unroll(full)
      for (int s = 0; s < n; s++) x[s] = lt_load(in + s * frequency_stride + i * LT_LANES);
      output_transform(m, x, t);
#pragma clang loop unroll(full)
      for (int s = 0; s < m; s++) half[r][s][i] = t[s];
    }
  }
#pragma clang loop unroll(disable)
  for (int s = 0; s < m; s++) {
    float *out = y + s * pixel_stride;
#pragma clang loop unroll(full)
    for (int i = 0; i < LT_LINE_VECTORS; i++) {
      lt_vf x[8], t[6];
#pragma clang loop unroll(full)
      for (int r = 0; r < n; r++) x[r] = half[r][s][i];
      output_transform(m, x, t);
#pragma clang loop unroll(full)
      for (int r = 0; r < m; r++) {
        lt_vf value = t[r] + bias[i];
        lt_store(out + r * row_stride + i * LT_LANES, relu ? lt_relu(value) : value);
      }
    }
  }
}

static __attribute__((noinline)) void copy_tile(int m, const float *tile, LT_NAME(lt_place) at, int64_t c, int64_t c1,
                                                lt_view y) {
  for (int64_t r = 0; r < m && at.row + r < y.h; r++)
    for (int64_t s = 0; s < m && at.column + s < y.w; s++) {
      float *to = y.data + ((at.n * y.h + at.row + r) * y.w + at.column + s) * y.stride + c;
      const float *from = tile + (r * m + s) * LT_LINE;
      for (int64_t i = 0; i < LT_LINE && c + i < c1; i += LT_LANES)
        lt_store_some(to + i, lt_load(from + i), c1 - c - i);
    }
}

LT_INLINE void output_tiles(int m, int relu, lt_tiles products, int64_t first, int64_t last, int64_t co0, int64_t co1,
                            const float *bias, lt_view y) {
  for (int64_t tile = first; tile < last; tile++) {
    LT_NAME(lt_place) at = place_of(m, tile, y.h, y.w);
    int inside = at.row + m <= y.h && at.column + m <= y.w;
    float *corner = y.data + ((at.n * y.h + at.row) * y.w + at.column) * y.stride;
    const float *in = products.data + (tile - first) * products.tile_stride - co0;
    for (int64_t c = co0; c < co1; c += LT_LINE) {
      lt_vf b[LT_LINE_VECTORS];
      for (int i = 0; i < LT_LINE_VECTORS; i++) {
        int64_t left = co1 - c - i * LT_LANES;
        b[i] = bias && left > 0 ? lt_load_some(bias + c + i * LT_LANES, left) : (lt_vf){0};
      }
      if (inside && c + LT_LINE <= co1) {
        output_line(m, relu, in + c, products.frequency_stride, b, corner + c, y.w * y.stride, y.stride);
      } else {
        float copy[36 * LT_LINE] __attribute__((aligned(64)));
        output_line(m, relu, in + c, products.frequency_stride, b, copy, m * LT_LINE, LT_LINE);
        copy_tile(m, copy, at, c, co1, y);
      }
    }
  }
}

static void LT_NAME(winograd_output)(int m, lt_tiles products, int64_t first, int64_t last, int64_t co0, int64_t co1,
                                     const float *bias, int relu, lt_view y) {
  if (m == 6) {
    if (relu) output_tiles(6, 1, products, first, last, co0, co1, bias, y);
    else output_tiles(6, 0, products, first, last, co0, co1, bias, y);
  } else {
    output_tiles(4, relu, products, first, last, co0, co1, bias, y);
  }
}

LT_INLINE void weight_transform(int m, const lt_vf *g, lt_vf *u) {
  if (m == 6) weight_transform_6(g, u);
  else weight_transform_4(g, u);
}

LT_INLINE void weight_vector(int m, const float *g, int64_t tap_stride, int64_t count, float *u,
                             int64_t frequency_stride) {
  const int n = m + 2;
  lt_vf half[8][3];
#pragma clang loop unroll(full)
  for (int b = 0; b < 3; b++) {
    lt_vf x[3], t[8];
#pragma clang loop unroll(full)
    for (int a = 0; a < 3; a++) x[a] = lt_load_some(g + (a * 3 + b) * tap_stride, count);
    weight_transform(m, x, t);
#pragma clang loop unroll(full)
    for (int r = 0; r < n; r++) half[r][b] = t[r];
  }
#pragma clang loop unroll(disable)
  for (int r = 0; r < n; r++) {
    lt_vf t[8];
    float *out = u + r * n * frequency_stride;
    weight_transform(m, half[r], t);
#pragma clang loop unroll(full)
    for (int s = 0; s < n; s++) lt_store(out + s * frequency_stride, t[s]);
  }
}

LT_INLINE void weight_block(int m, lt_taps g, int64_t k, int64_t count, int64_t width, float *u,
                            int64_t frequency_stride) {
  const int64_t columns = LT_LANES * LT_NV, frequencies = (m + 2) * (m + 2);
  for (int64_t i = 0; i < k; i++)
    for (int64_t c = 0; c < width; c += LT_LANES) {
      float *out = u + c / columns * columns * k + i * columns + c % columns;
      const float *taps = g.data + i * g.input_stride + c;
      if (c + LT_LANES <= count) weight_vector(m, taps, g.tap_stride, LT_LANES, out, frequency_stride);
      else if (c < count) weight_vector(m, taps, g.tap_stride, count - c, out, frequency_stride);
      else
        for (int64_t f = 0; f < frequencies; f++) lt_store(out + f * frequency_stride, (lt_vf){0});
    }
}

static void LT_NAME(winograd_weights)(int m, lt_taps g, int64_t k, int64_t count, int64_t width, float *u,
                                      int64_t frequency_stride) {
  if (m == 6) weight_block(6, g, k, count, width, u, frequency_stride);
  else weight_block(4, g, k, count, width, u, frequency_stride);
}

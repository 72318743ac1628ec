// Kernels of the weights' gradient: the adjoints of the output and weight transforms, see winograd.h.

LT_INLINE void output_adjoint(int m, const lt_vf *y, lt_vf *v) {
  if (m == 6) output_adjoint_6(y, v);
  else output_adjoint_4(y, v);
}

/// A gy Aᵀ of one tile for one line of channels.
LT_INLINE void adjoint_line(int m, const float *tile, int64_t row_stride, int64_t pixel_stride, float *v,
                            int64_t frequency_stride) {
  const int n = m + 2;
  lt_vf half[6][8][LT_LINE_VECTORS];
#pragma clang loop unroll(disable)
  for (int r = 0; r < m; r++)
#pragma clang loop unroll(full)
    for (int i = 0; i < LT_LINE_VECTORS; i++) {
      lt_vf x[6], t[8];
#pragma clang loop unroll(full)
      for (int s = 0; s < m; s++) x[s] = lt_load(tile + r * row_stride + s * pixel_stride + i * LT_LANES);
      output_adjoint(m, x, t);
#pragma clang loop unroll(full)
      for (int s = 0; s < n; s++) half[r][s][i] = t[s];
    }
#pragma clang loop unroll(disable)
  for (int s = 0; s < n; s++)
#pragma clang loop unroll(full)
    for (int i = 0; i < LT_LINE_VECTORS; i++) {
      lt_vf x[6], t[8];
#pragma clang loop unroll(full)
      for (int r = 0; r < m; r++) x[r] = half[r][s][i];
      output_adjoint(m, x, t);
#pragma clang loop unroll(full)
      for (int r = 0; r < n; r++) lt_store(v + (r * n + s) * frequency_stride + i * LT_LANES, t[r]);
    }
}

LT_INLINE void adjoint_tiles(int m, lt_view gy, int64_t first, int64_t last, lt_tiles v) {
  for (int64_t tile = first; tile < last; tile++) {
    LT_NAME(lt_place) at = place_of(m, tile, gy.h, gy.w);
    int inside = at.row + m <= gy.h && at.column + m <= gy.w;
    const float *corner = gy.data + ((at.n * gy.h + at.row) * gy.w + at.column) * gy.stride;
    float *out = v.data + (tile - first) * v.tile_stride;
    for (int64_t c = 0; c < gy.c; c += LT_LINE, out += v.line_stride) {
      if (inside && c + LT_LINE <= gy.c) {
        adjoint_line(m, corner + c, gy.w * gy.stride, gy.stride, out, v.frequency_stride);
      } else {
        float copy[36 * LT_LINE] __attribute__((aligned(64)));
        copy_patch(m, gy, at, c, gy.c, copy);
        adjoint_line(m, copy, m * LT_LINE, LT_LINE, out, v.frequency_stride);
      }
    }
  }
}

static void LT_NAME(winograd_output_adjoint)(int m, lt_view gy, int64_t first, int64_t last, lt_tiles v) {
  if (m == 6) adjoint_tiles(6, gy, first, last, v);
  else adjoint_tiles(4, gy, first, last, v);
}

LT_INLINE void weight_adjoint(int m, const lt_vf *u, lt_vf *g) {
  if (m == 6) weight_adjoint_6(u, g);
  else weight_adjoint_4(u, g);
}

LT_INLINE void weights_adjoint_block(int m, const float *u, int64_t row_stride, int64_t ci, int64_t co, int64_t ci0,
                                     int64_t ci1, float *hwio, int64_t frequency_stride) {
  const int n = m + 2;
  for (int64_t i = ci0; i < ci1; i++)
    for (int64_t c = 0; c < co; c += LT_LANES) {
      const float *in = u + i * row_stride + c;
      lt_vf half[8][3];
#pragma clang loop unroll(disable)
      for (int r = 0; r < n; r++) {
        lt_vf x[8];
#pragma clang loop unroll(full)
        for (int s = 0; s < n; s++) x[s] = lt_load(in + (r * n + s) * frequency_stride);
        weight_adjoint(m, x, half[r]);
      }
      for (int b = 0; b < 3; b++) {
        lt_vf x[8], g[3];
#pragma clang loop unroll(full)
        for (int r = 0; r < n; r++) x[r] = half[r][b];
        weight_adjoint(m, x, g);
        for (int a = 0; a < 3; a++) lt_store_some(hwio + ((a * 3 + b) * ci + i) * co + c, g[a], co - c);
      }
    }
}

static void LT_NAME(winograd_weights_adjoint)(int m, const float *u, int64_t row_stride, int64_t frequency_stride,
                                              int64_t ci, int64_t co, int64_t ci0, int64_t ci1, float *hwio) {
  if (m == 6) weights_adjoint_block(6, u, row_stride, ci, co, ci0, ci1, hwio, frequency_stride);
  else weights_adjoint_block(4, u, row_stride, ci, co, ci0, ci1, hwio, frequency_stride);
}

// Products per frequency: see winograd.h.
#include "../core/product.inc.h"

/// Rows of tiles, values of a tile contiguous, against a packed block.
LT_PRODUCT(LT_NAME(tile_rows), d->a_row, 1, LT_LANES * LT_NV, LT_LANES)
/// The gradient's layout on both sides: lines of 16 channels, the channels of A as rows.
LT_PRODUCT(LT_NAME(channel_rows), 1, LT_LINE, LT_LINE, d->b_vector)

static void LT_NAME(winograd_multiply)(int frequencies, int64_t tiles, int64_t k, int64_t width, lt_tiles v,
                                       const float *u, int64_t u_frequency_stride, int64_t u_block_stride,
                                       int accumulate, lt_tiles products) {
  const int64_t columns = LT_LANES * LT_NV;
  const LT_NAME(lt_block) block = {.a_row = v.tile_stride,
                                   .k = k,
                                   .c_row = products.tile_stride,
                                   .from = accumulate ? LT_FROM_RESULT : LT_FROM_ZERO};
  for (int f = 0; f < frequencies; f++)
    for (int64_t c = 0; c < width; c += columns) {
      const float *b = u + f * u_frequency_stride + c / columns * u_block_stride;
      const float *a = v.data + f * v.frequency_stride;
      float *out = products.data + f * products.frequency_stride + c;
      for (int64_t t = 0, rows; t < tiles; t += rows) {
        rows = next_rows(tiles - t);
        LT_NAME(tile_rows)(rows, a + t * v.tile_stride, b, out + t * products.tile_stride, &block);
      }
    }
}

static void LT_NAME(winograd_multiply_adjoint)(int64_t tiles, int64_t ci, int64_t co, const float *v, const float *d,
                                               int64_t line_stride, int accumulate, float *u, int64_t row_stride) {
  const int64_t columns = LT_LANES * LT_NV;
  const LT_NAME(lt_block) block = {.b_vector = LT_LANES < LT_LINE ? LT_LANES : line_stride,
                                   .k = tiles,
                                   .c_row = row_stride,
                                   .from = accumulate ? LT_FROM_RESULT : LT_FROM_ZERO};
  for (int64_t c = 0; c < co; c += columns) {
    const float *b = d + c / LT_LINE * line_stride + c % LT_LINE;
    for (int64_t line = 0; line < ci; line += LT_LINE) {
      const int64_t end = line + LT_LINE < ci ? line + LT_LINE : ci;
      for (int64_t i = line, rows; i < end; i += rows) {
        rows = next_rows(end - i);
        LT_NAME(channel_rows)(rows, v + line / LT_LINE * line_stride + i % LT_LINE, b, u + i * row_stride + c, &block);
      }
    }
  }
}

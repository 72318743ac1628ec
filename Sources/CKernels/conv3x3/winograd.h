// The three steps of a Winograd convolution and of its weight gradient on one group of tiles, per instruction set.
#ifndef LT_WINOGRAD_H
#define LT_WINOGRAD_H

#include "lt_conv3x3.h"

/// Where a group's transformed values lie. The forward pass uses [frequency][tile][channel], the weights' gradient
/// [frequency][line of 16 channels][tile][16].
typedef struct {
  float *data;
  int64_t frequency_stride;  // floats from one frequency to the next
  int64_t tile_stride;       // … from one tile to the next
  int64_t line_stride;       // … from one line of 16 channels to the next
} lt_tiles;

/// Untransformed weights: tap (a, b) of input channel i at data + i·input_stride + (3a + b)·tap_stride, output channels
/// contiguous.
typedef struct {
  const float *data;
  int64_t input_stride, tap_stride;
} lt_taps;

typedef struct {
  /// Floats in a vector, rows and columns of the product's register block.
  int32_t lanes, rows, columns;

  /// V = Bᵀ x B for tiles first ..< last (numbered over n, then rows, then columns of tiles), tile `first` at index 0,
  /// channels c0 ..< c1 (c0 the first of a line). Rounds the channels up to whole lines, zeros behind the last.
  void (*input)(int m, lt_view x, int64_t first, int64_t last, int64_t c0, int64_t c1, lt_tiles v);

  /// The adjoint of the output transform, for the weights' gradient: V = A gy Aᵀ.
  void (*output_adjoint)(int m, lt_view gy, int64_t first, int64_t last, lt_tiles v);

  /// U = G g Gᵀ for k input channels and `count` output channels, laid out [frequency][column block of `columns`][k]
  /// [columns], zeros behind `count` up to `width`; frequencies start `frequency_stride` (≥ width·k) floats apart.
  void (*weights)(int m, lt_taps g, int64_t k, int64_t count, int64_t width, float *u, int64_t frequency_stride);

  /// gw (HWIO) = Gᵀ u G with u [frequency][input channel][row_stride] for input channels ci0 ..< ci1, all co output channels.
  void (*weights_adjoint)(int m, const float *u, int64_t row_stride, int64_t frequency_stride, int64_t ci, int64_t co,
                          int64_t ci0, int64_t ci1, float *hwio);

  /// products (+)= V · U for every frequency: tiles × k by k × width. u as `weights` lays it out, with `u_block_stride`
  /// floats from one column block to the next.
  void (*multiply)(int frequencies, int64_t tiles, int64_t k, int64_t width, lt_tiles v, const float *u,
                   int64_t u_frequency_stride, int64_t u_block_stride, int accumulate, lt_tiles products);

  /// u (+)= Vᵀ · D of one frequency: ci × tiles by tiles × co, both in the gradient's layout, u [ci][row_stride] with
  /// room for whole lines.
  void (*multiply_adjoint)(int64_t tiles, int64_t ci, int64_t co, const float *v, const float *d, int64_t line_stride,
                           int accumulate, float *u, int64_t row_stride);

  /// y = relu?(Aᵀ products A + bias) for tiles first ..< last, output channels co0 ..< co1.
  void (*output)(int m, lt_tiles products, int64_t first, int64_t last, int64_t co0, int64_t co1, const float *bias,
                 int relu, lt_view y);
} lt_winograd_kernels;

/// NULL where the build has no kernels for this instruction set.
const lt_winograd_kernels *lt_winograd_kernels_for(lt_isa isa);

/// Transforms work on whole cache lines of channels.
#define LT_LINE 16

static inline int64_t lt_tiles_along(int64_t length, int m) { return (length + m - 1) / m; }
static inline int64_t lt_tile_count(int64_t n, int64_t h, int64_t w, int m) {
  return n * lt_tiles_along(h, m) * lt_tiles_along(w, m);
}

static inline int64_t lt_round_up(int64_t value, int64_t step) { return (value + step - 1) / step * step; }
static inline int64_t lt_least(int64_t a, int64_t b) { return a < b ? a : b; }
/// At least `floats`, an odd number of cache lines: arrays this far apart fall into different cache sets.
static inline int64_t lt_padded(int64_t floats) {
  int64_t lines = (floats + 15) / 16;
  return (lines % 2 ? lines : lines + 1) * 16;
}

#endif

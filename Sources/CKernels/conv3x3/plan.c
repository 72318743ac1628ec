// The choice of algorithm and block sizes. The numbers were measured, see Documentation/performance.md.
#include <stddef.h>

#include "lt_conv3x3.h"
#include "winograd.h"

#if defined(__x86_64__)
extern const lt_winograd_kernels lt_winograd_avx2, lt_winograd_avx512;
#endif
extern const lt_winograd_kernels lt_winograd_portable;

const lt_winograd_kernels *lt_winograd_kernels_for(lt_isa isa) {
  switch (isa) {
#if defined(__x86_64__)
    case LT_ISA_AVX2:
      return &lt_winograd_avx2;
    case LT_ISA_AVX512:
      return &lt_winograd_avx512;
#endif
    default:
      return &lt_winograd_portable;
  }
}

static lt_conv3x3_plan make(lt_context context, int64_t n, int64_t h, int64_t w, int64_t ci, int64_t co, int accurate) {
  lt_conv3x3_plan plan = {
      .n = n, .h = h, .w = w, .ci = ci, .co = co, .isa = context.isa, .threads = lt_pool_threads(context.pool)};
  if (ci < 8) {
    plan.algorithm = LT_CONV_DIRECT;
    return plan;
  }
  const lt_winograd_kernels *kernels = lt_winograd_kernels_for(plan.isa);
  int64_t four = lt_tile_count(1, h, w, 4) * 36, six = lt_tile_count(1, h, w, 6) * 64;
  plan.algorithm = six < four && !accurate ? LT_CONV_WINOGRAD_6 : LT_CONV_WINOGRAD_4;
  int64_t tiles = lt_tile_count(n, h, w, plan.algorithm);
  plan.shared = ci > 128 || co > 128;
  plan.transformed = plan.algorithm == LT_CONV_WINOGRAD_6;
  plan.channels_per_block = lt_least(2 * kernels->columns, lt_round_up(co, kernels->columns));
  plan.tiles_per_group = lt_least(tiles, plan.shared ? 128 : 12);
  plan.tiles_per_block = lt_least(plan.tiles_per_group, 24);
  return plan;
}

lt_conv3x3_plan lt_conv3x3_plan_make(lt_context context, int64_t n, int64_t h, int64_t w, int64_t ci, int64_t co) {
  return make(context, n, h, w, ci, co, 0);
}

lt_conv3x3_plan lt_conv3x3_plan_make_accurate(lt_context context, int64_t n, int64_t h, int64_t w, int64_t ci,
                                              int64_t co) {
  return make(context, n, h, w, ci, co, 1);
}

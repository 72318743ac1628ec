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

/// Products of a shared group and block that still fit L2 beside what streams past them: 256 KiB per 16 columns.
enum { LT_PRODUCTS_PER_COLUMN = 4096, LT_PRIVATE_TILES = 12 };

/// Groups as even as they can be: a last group of few tiles would pay for all weights' transforms again.
static int32_t even_groups(int64_t tiles, int64_t most) {
  int64_t groups = (tiles + most - 1) / most;
  return (int32_t)((tiles + groups - 1) / groups);
}

static lt_conv3x3_plan make(lt_context context, int64_t n, int64_t h, int64_t w, int64_t ci, int64_t co, int accurate) {
  lt_conv3x3_plan plan = {
      .n = n, .h = h, .w = w, .ci = ci, .co = co, .isa = context.isa, .threads = lt_pool_threads(context.pool)};
  if (ci < 8) {
    plan.algorithm = LT_CONV_DIRECT;
    return plan;
  }
  const int64_t columns = lt_winograd_kernels_for(plan.isa)->columns;
  int64_t four = lt_tile_count(1, h, w, 4) * 36, six = lt_tile_count(1, h, w, 6) * 64;
  plan.algorithm = six < four && !accurate ? LT_CONV_WINOGRAD_6 : LT_CONV_WINOGRAD_4;
  int64_t tiles = lt_tile_count(n, h, w, plan.algorithm), frequencies = (plan.algorithm + 2) * (plan.algorithm + 2);
  plan.shared = ci > 256 || co > 128;
  if (plan.shared) {
    plan.channels_per_block = (int32_t)columns;
    plan.tiles_per_group = even_groups(tiles, LT_PRODUCTS_PER_COLUMN / frequencies);
  } else {
    plan.channels_per_block = (int32_t)lt_least(2 * columns, lt_round_up(co, columns));
    plan.tiles_per_group = (int32_t)lt_least(tiles, LT_PRIVATE_TILES);
  }
  return plan;
}

lt_conv3x3_plan lt_conv3x3_plan_make(lt_context context, int64_t n, int64_t h, int64_t w, int64_t ci, int64_t co) {
  return make(context, n, h, w, ci, co, 0);
}

lt_conv3x3_plan lt_conv3x3_plan_make_accurate(lt_context context, int64_t n, int64_t h, int64_t w, int64_t ci,
                                              int64_t co) {
  return make(context, n, h, w, ci, co, 1);
}

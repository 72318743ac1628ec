// Vector types and helpers for one instruction set. A kernel is written once, in a `.inc.h` file, and compiled once per
// instruction set by including this file and the kernel after the macros of `isa_*.h`:
//   LT_LANES  floats in a vector      LT_NAME(f)  f with the instruction set's suffix
#include <stdint.h>
#include <string.h>

typedef float lt_vf __attribute__((vector_size(LT_LANES * 4)));
typedef float lt_vfu __attribute__((vector_size(LT_LANES * 4), aligned(4)));
typedef int32_t lt_vi __attribute__((vector_size(LT_LANES * 4)));

#define LT_INLINE static inline __attribute__((always_inline, unused))

LT_INLINE lt_vf lt_load(const float *p) { return *(const lt_vfu *)p; }
LT_INLINE void lt_store(float *p, lt_vf v) { *(lt_vfu *)p = v; }
LT_INLINE lt_vf lt_splat(float x) { return x - (lt_vf){0}; }

/// The first `count` (< LT_LANES) floats, zeros after them.
LT_INLINE lt_vf lt_load_part(const float *p, int64_t count) {
  lt_vf v = {0};
  memcpy(&v, p, (size_t)count * sizeof(float));
  return v;
}
LT_INLINE void lt_store_part(float *p, lt_vf v, int64_t count) { memcpy(p, &v, (size_t)count * sizeof(float)); }

/// A whole vector, or what is left of the row.
LT_INLINE lt_vf lt_load_some(const float *p, int64_t count) {
  return count >= LT_LANES ? lt_load(p) : lt_load_part(p, count);
}
LT_INLINE void lt_store_some(float *p, lt_vf v, int64_t count) {
  if (count >= LT_LANES) lt_store(p, v);
  else lt_store_part(p, v, count);
}

/// NaN stays NaN, as in PyTorch: a fault upstream must show.
LT_INLINE lt_vf lt_relu(lt_vf v) {
  lt_vi positive = ~(v <= (lt_vf){0});
  return (lt_vf)((lt_vi)v & positive);
}

#include "lt_isa.h"

#include <stdlib.h>
#include <string.h>

int lt_isa_available(lt_isa isa) {
  switch (isa) {
    case LT_ISA_PORTABLE:
      return 1;
#if defined(__x86_64__)
    case LT_ISA_AVX2:
      return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
    case LT_ISA_AVX512:
      return lt_isa_available(LT_ISA_AVX2) && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
             __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl");
#endif
    default:
      return 0;
  }
}

const char *lt_isa_name(lt_isa isa) {
  switch (isa) {
    case LT_ISA_AVX2:
      return "avx2";
    case LT_ISA_AVX512:
      return "avx512";
    default:
      return "portable";
  }
}

lt_isa lt_isa_best(void) {
  const char *wanted = getenv("LUNGTRIAGE_ISA");
  lt_isa best = LT_ISA_PORTABLE;
  for (lt_isa isa = LT_ISA_PORTABLE; isa <= LT_ISA_AVX512; isa++) {
    if (!lt_isa_available(isa)) break;
    best = isa;
    if (wanted && strcmp(wanted, lt_isa_name(isa)) == 0) break;
  }
  return best;
}

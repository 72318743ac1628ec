#if defined(__x86_64__)
#include "../core/isa_avx512.h"

#include <string.h>

#pragma clang attribute push(__attribute__((target(LT_TARGET))), apply_to = function)
#include "../core/simd.h"
#include "product_kernels.inc.h"
#pragma clang attribute pop
#endif

#if defined(__x86_64__)
// System headers come before the pragma: their functions must not get the target.
#include <math.h>
#include <stddef.h>
#include <string.h>

#include "dropout_hash.h"
#include "kernels.h"

#include "../core/isa_avx512.h"
#pragma clang attribute push(__attribute__((target(LT_TARGET))), apply_to = function)
#include "layers.inc.h"
#pragma clang attribute pop
#endif

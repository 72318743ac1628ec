#if defined(__x86_64__)
#include "../core/isa_avx2.h"
#include "winograd.h"

#include <string.h>

#pragma clang attribute push(__attribute__((target(LT_TARGET))), apply_to = function)
#include "../core/simd.h"
#include "winograd.inc.h"
#include "winograd_adjoint.inc.h"
#include "winograd_multiply.inc.h"
#include "winograd_table.inc.h"
#pragma clang attribute pop
#endif

#include "../core/isa_portable.h"

#include <string.h>

#include "../core/simd.h"
#include "product_kernels.inc.h"

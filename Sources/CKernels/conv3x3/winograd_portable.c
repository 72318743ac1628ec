#include "../core/isa_portable.h"
#include "winograd.h"

#include <string.h>

#include "../core/simd.h"
#include "winograd.inc.h"
#include "winograd_adjoint.inc.h"
#include "winograd_multiply.inc.h"
#include "winograd_table.inc.h"


#include <math.h>
#include <stddef.h>
#include <string.h>

#include "dropout_hash.h"
#include "kernels.h"

#include "../core/isa_portable.h"
#include "layers.inc.h"

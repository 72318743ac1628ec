#ifndef LT_CKERNELS_H
#define LT_CKERNELS_H

#include "lt_isa.h"
#include "lt_memory.h"
#include "lt_pool.h"
#include "lt_view.h"
#include "lt_conv3x3.h"
#include "lt_product.h"
#include "lt_layers.h"
#include "lt_layers_reference.h"

#endif

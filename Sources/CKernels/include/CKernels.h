#ifndef LT_CKERNELS_H
#define LT_CKERNELS_H

#include "lt_isa.h"
#include "lt_pool.h"

#endif

#include "kernel_arguments.h"

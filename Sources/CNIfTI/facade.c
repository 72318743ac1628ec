// The target is a façade and has nothing to compile; the build tool wants one source file.
#include "CNIfTI.h"

_Static_assert(sizeof(nifti_1_header) == 348, "NIfTI-1 headers have 348 bytes");
_Static_assert(sizeof(nifti_2_header) == 540, "NIfTI-2 headers have 540 bytes");

// libnifti2 as Debian's libnifti2-dev installs it. Never include nifti1_io.h or link niftiio in the same program: it
// exports the same names with structures of other sizes.
#ifndef LUNGTRIAGE_CNIFTI_H
#define LUNGTRIAGE_CNIFTI_H

#include <nifti/nifti2_io.h>

#endif

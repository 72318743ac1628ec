// The part of NVRTC that Lungtriage uses, as NVIDIA documents it ("NVRTC"). Names of symbols and the check against NVIDIA's
// headers are where driver.h says.
#ifndef LUNGTRIAGE_NVRTC_H
#define LUNGTRIAGE_NVRTC_H

#include <stddef.h>
#include <stdint.h>

typedef int32_t lt_nvrtc_result;
enum { LT_NVRTC_SUCCESS = 0, LT_NVRTC_COMPILATION_FAILED = 6 };

typedef struct _nvrtcProgram *lt_nvrtc_program;

typedef lt_nvrtc_result (*lt_nvrtc_version)(int *major, int *minor);
typedef const char *(*lt_nvrtc_get_error_string)(lt_nvrtc_result result);
typedef lt_nvrtc_result (*lt_nvrtc_create_program)(
    lt_nvrtc_program *program, const char *source, const char *name, int header_count, const char *const *headers,
    const char *const *header_names);
typedef lt_nvrtc_result (*lt_nvrtc_destroy_program)(lt_nvrtc_program *program);
typedef lt_nvrtc_result (*lt_nvrtc_compile_program)(
    lt_nvrtc_program program, int option_count, const char *const *options);
typedef lt_nvrtc_result (*lt_nvrtc_get_size)(lt_nvrtc_program program, size_t *bytes);
typedef lt_nvrtc_result (*lt_nvrtc_get_bytes)(lt_nvrtc_program program, char *bytes);

#endif

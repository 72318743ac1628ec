// NVRTC's stand-in: its "machine code" is a line of text with the options.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "standin.h"

struct _nvrtcProgram {
    char code[4096];
    int compiled;
};

EXPORT int nvrtcVersion(int *major, int *minor) {
    *major = 13;
    *minor = standin()->setting("nvrtc minor");
    return 0;
}
EXPORT const char *nvrtcGetErrorString(int result) { return result ? "NVRTC_ERROR_STAND_IN" : "NVRTC_SUCCESS"; }

EXPORT int nvrtcCreateProgram(
    lt_nvrtc_program *program, const char *source, const char *name, int count, const char *const *headers,
    const char *const *names) {
    int result = standin()->called("nvrtcCreateProgram");
    if (result) return result;
    if (!strlen(source) || !strstr(name, ".cu")) standin()->violation("nvrtcCreateProgram: no source or name");
    for (int i = 0; i < count; i++)
        if (!strlen(headers[i]) || !strstr(names[i], ".h")) standin()->violation("nvrtcCreateProgram: header %d", i);
    *program = calloc(1, sizeof **program);
    return 0;
}
EXPORT int nvrtcDestroyProgram(lt_nvrtc_program *program) {
    free(*program);
    *program = NULL;
    return 0;
}
EXPORT int nvrtcCompileProgram(lt_nvrtc_program program, int count, const char *const *options) {
    int result = standin()->called("nvrtcCompileProgram");
    if (result) return result;
    strcpy(program->code, "stand-in code");
    for (int i = 0; i < count; i++) {
        strcat(program->code, " ");
        strcat(program->code, options[i]);
    }
    program->compiled = 1;
    return 0;
}
EXPORT int nvrtcGetCUBINSize(lt_nvrtc_program program, size_t *bytes) {
    if (!program->compiled) standin()->violation("nvrtcGetCUBINSize: not compiled");
    *bytes = strlen(program->code) + 1;
    return 0;
}
EXPORT int nvrtcGetCUBIN(lt_nvrtc_program program, char *bytes) {
    strcpy(bytes, program->code);
    return 0;
}
static const char reason[] = "weights.cu(1): error: as the test wanted";
EXPORT int nvrtcGetProgramLogSize(lt_nvrtc_program program, size_t *bytes) {
    (void)program;
    *bytes = sizeof reason;
    return 0;
}
EXPORT int nvrtcGetProgramLog(lt_nvrtc_program program, char *bytes) {
    (void)program;
    strcpy(bytes, reason);
    return 0;
}

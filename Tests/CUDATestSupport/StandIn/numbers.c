// float16 and bfloat16 on the host, rounded to nearest even as devices do.
#include <string.h>

#include "standin.h"

static float from_bfloat16(uint16_t bits) {
    uint32_t wide = (uint32_t)bits << 16;
    float value;
    memcpy(&value, &wide, 4);
    return value;
}

static uint16_t to_bfloat16(float value) {
    uint32_t bits;
    memcpy(&bits, &value, 4);
    if ((bits & 0x7fffffff) > 0x7f800000) return (uint16_t)(bits >> 16 | 0x40);
    return (uint16_t)((bits + 0x7fff + (bits >> 16 & 1)) >> 16);
}

double standin_load(int type, const void *base, int64_t index) {
    if (type == LT_CUDA_R_32F) return ((const float *)base)[index];
    if (type == LT_CUDA_R_16F) return (double)((const _Float16 *)base)[index];
    return from_bfloat16(((const uint16_t *)base)[index]);
}

void standin_store(int type, void *base, int64_t index, double value) {
    if (type == LT_CUDA_R_32F)
        ((float *)base)[index] = (float)value;
    else if (type == LT_CUDA_R_16F)
        ((_Float16 *)base)[index] = (_Float16)(float)value;
    else
        ((uint16_t *)base)[index] = to_bfloat16((float)value);
}

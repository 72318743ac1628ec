// What every kernel is told, one plain struct per kind of kernel, passed by value. Swift, the kernels and the tests' host
// emulator read this one file, so it uses nothing but built-in types of fixed layout.
#ifndef LUNGTRIAGE_KERNEL_ARGUMENTS_H
#define LUNGTRIAGE_KERNEL_ARGUMENTS_H

/// An address in device memory; the kernel knows what lies there.
typedef unsigned long long lt_address;

/// An activation N×H×W×C: pixels are `stride` values apart.
struct lt_device_view {
    lt_address data;
    long long n, h, w, c, stride;
};

/// y = x over `count` values, between element types.
struct lt_cast_arguments {
    lt_address x, y;
    long long count;
};

#endif

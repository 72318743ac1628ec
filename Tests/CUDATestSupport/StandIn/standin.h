// What the stand-ins of CUDA's libraries share. They run on the host and check every argument; what they prove is the order
// of calls, lifetimes, layouts and arithmetic, not speed and not what NVIDIA's libraries accept.
#ifndef LUNGTRIAGE_STANDIN_H
#define LUNGTRIAGE_STANDIN_H

#include <stddef.h>
#include <stdint.h>

#include "cublaslt.h"
#include "cudnn.h"
#include "driver.h"
#include "nvrtc.h"

#define EXPORT __attribute__((visibility("default")))

/// What the libraries ask of the driver's stand-in.
typedef struct {
    /// Counts a call of this name: 0, or the result that a test wants this call to have.
    int (*called)(const char *function);
    /// Notes that a rule of the interface was broken.
    void (*violation)(const char *format, ...);
    /// Notes a violation unless the bytes lie in one live allocation of device memory.
    int (*check_range)(const char *what, uint64_t address, size_t bytes);
    /// Does `run` with a copy of `data` when the stream comes to it.
    void (*enqueue)(lt_cuda_stream stream, void (*run)(void *), const void *data, size_t bytes);
    /// A switch that a test has set, 0 otherwise.
    int (*setting)(const char *name);
    /// Adds to a counter that tests read.
    void (*count)(const char *name);
} standin_driver;

/// The driver's stand-in in the same folder as the caller.
const standin_driver *standin(void);

/// The value of one element.
double standin_load(int cuda_type, const void *base, int64_t index);
void standin_store(int cuda_type, void *base, int64_t index, double value);

#endif

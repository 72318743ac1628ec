// Device memory is host memory from a range of its own, each block between guard zones; addresses are never used twice.
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "driver_state.h"

enum { GUARD = 256, FILL = 0xA5 };
static const size_t RANGE = (size_t)64 << 30;
static uint8_t *range, *unused;

typedef struct block {
    uint8_t *address;
    size_t bytes;
    int alive;
    struct block *next;
} block;
static block *blocks, *pinned;
static size_t used;

static size_t device_bytes(void) {
    int megabytes = standin_setting("device megabytes");
    return (size_t)(megabytes ? megabytes : 4096) << 20;
}

int is_device_address(uint64_t address) {
    return range && address >= (uint64_t)range && address < (uint64_t)range + RANGE;
}

int standin_check_range(const char *what, uint64_t address, size_t bytes) {
    int fits = 0;
    pthread_mutex_lock(&standin_lock);
    for (block *b = blocks; b && !fits; b = b->next) {
        uint64_t start = (uint64_t)b->address;
        fits = b->alive && address >= start && address + bytes <= start + b->bytes;
    }
    pthread_mutex_unlock(&standin_lock);
    if (!fits) standin_violation("%s: %zu bytes at %#llx are not in a live block", what, bytes, (long long)address);
    return fits;
}

EXPORT int standin_live_blocks(void) {
    int count = 0;
    for (block *b = blocks; b; b = b->next) count += b->alive;
    for (block *b = pinned; b; b = b->next) count += b->alive;
    return count;
}

EXPORT int cuMemGetInfo_v2(size_t *free_bytes, size_t *total) {
    FUNCTION_RESULT("cuMemGetInfo_v2");
    *total = device_bytes();
    *free_bytes = *total - used;
    return 0;
}

EXPORT int cuMemAlloc_v2(lt_cuda_address *address, size_t bytes) {
    FUNCTION_RESULT("cuMemAlloc_v2");
    if (!bytes) return LT_CUDA_INVALID_VALUE;
    pthread_mutex_lock(&standin_lock);
    if (!range) {
        range = mmap(NULL, RANGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
        if (range == MAP_FAILED) abort();
        unused = range;
    }
    int result = 0;
    if (used + bytes > device_bytes()) {
        result = LT_CUDA_OUT_OF_MEMORY;
    } else {
        block *b = calloc(1, sizeof *b);
        memset(unused, FILL, GUARD);
        b->address = unused + GUARD;
        b->bytes = bytes;
        b->alive = 1;
        b->next = blocks;
        blocks = b;
        memset(b->address + bytes, FILL, GUARD);
        unused = range + ((size_t)(b->address + bytes + GUARD - range) + 4095) / 4096 * 4096;
        used += bytes;
        *address = (lt_cuda_address)b->address;
    }
    pthread_mutex_unlock(&standin_lock);
    return result;
}

EXPORT int cuMemFree_v2(lt_cuda_address address) {
    FUNCTION_RESULT("cuMemFree_v2");
    pthread_mutex_lock(&standin_lock);
    drain_all();
    block *b = blocks;
    while (b && (b->address != (uint8_t *)address || !b->alive)) b = b->next;
    if (!b) {
        standin_violation("cuMemFree: %#llx is not a live block", address);
    } else {
        for (int i = 0; i < GUARD; i++) {
            if (b->address[-1 - i] == FILL && b->address[b->bytes + (size_t)i] == FILL) continue;
            standin_violation("a block of %zu bytes was written outside its bounds", b->bytes);
            break;
        }
        b->alive = 0;
        used -= b->bytes;
        // Whoever still writes there meets other bytes; whoever reads, too.
        memset(b->address, 0xDD, b->bytes < 4096 ? b->bytes : 4096);
        // The addresses stay this block's; the pages behind the first go back to the system.
        uint8_t *page = range + ((size_t)(b->address - range) / 4096 + 2) * 4096, *end = b->address + b->bytes;
        if (end > page) madvise(page, (size_t)(end - page) / 4096 * 4096, MADV_DONTNEED);
    }
    pthread_mutex_unlock(&standin_lock);
    return 0;
}

EXPORT int cuMemHostAlloc(void **address, size_t bytes, unsigned int flags) {
    (void)flags;
    FUNCTION_RESULT("cuMemHostAlloc");
    pthread_mutex_lock(&standin_lock);
    block *b = calloc(1, sizeof *b);
    b->address = malloc(bytes);
    b->bytes = bytes;
    b->alive = 1;
    b->next = pinned;
    pinned = b;
    *address = b->address;
    pthread_mutex_unlock(&standin_lock);
    return 0;
}

EXPORT int cuMemFreeHost(void *address) {
    FUNCTION_RESULT("cuMemFreeHost");
    pthread_mutex_lock(&standin_lock);
    block *b = pinned;
    while (b && (b->address != address || !b->alive)) b = b->next;
    if (b) {
        b->alive = 0;
        free(b->address);
    } else {
        standin_violation("cuMemFreeHost: %p is not a live block", address);
    }
    pthread_mutex_unlock(&standin_lock);
    return 0;
}

static void check_pinned(const char *what, const void *address, size_t bytes) {
    for (block *b = pinned; b; b = b->next) {
        const uint8_t *start = address;
        if (b->alive && start >= b->address && start + bytes <= b->address + b->bytes) return;
    }
    standin_violation("%s: the host memory is not pinned", what);
}

typedef struct {
    void *to;
    const void *from;
    size_t bytes;
    int value;
} transfer;

static void run_copy(void *data) {
    const transfer *t = data;
    memcpy(t->to, t->from, t->bytes);
}

static void run_fill(void *data) {
    const transfer *t = data;
    if (standin_check_range("memset when it runs", (uint64_t)t->to, t->bytes)) memset(t->to, t->value, t->bytes);
}

EXPORT int cuMemcpyHtoDAsync_v2(lt_cuda_address to, const void *from, size_t bytes, lt_cuda_stream stream) {
    FUNCTION_RESULT("cuMemcpyHtoDAsync_v2");
    check_pinned("cuMemcpyHtoDAsync", from, bytes);
    if (!standin_check_range("cuMemcpyHtoDAsync", to, bytes)) return LT_CUDA_INVALID_VALUE;
    standin_journal("to device", stream);
    standin_enqueue(stream, run_copy, &(transfer){(void *)to, from, bytes, 0}, sizeof(transfer));
    return 0;
}

EXPORT int cuMemcpyDtoHAsync_v2(void *to, lt_cuda_address from, size_t bytes, lt_cuda_stream stream) {
    FUNCTION_RESULT("cuMemcpyDtoHAsync_v2");
    check_pinned("cuMemcpyDtoHAsync", to, bytes);
    if (!standin_check_range("cuMemcpyDtoHAsync", from, bytes)) return LT_CUDA_INVALID_VALUE;
    standin_journal("to host", stream);
    standin_enqueue(stream, run_copy, &(transfer){to, (const void *)from, bytes, 0}, sizeof(transfer));
    return 0;
}

EXPORT int cuMemsetD8Async(lt_cuda_address to, unsigned char value, size_t bytes, lt_cuda_stream stream) {
    FUNCTION_RESULT("cuMemsetD8Async");
    if (!standin_check_range("cuMemsetD8Async", to, bytes)) return LT_CUDA_INVALID_VALUE;
    standin_enqueue(stream, run_fill, &(transfer){(void *)to, NULL, bytes, value}, sizeof(transfer));
    return 0;
}

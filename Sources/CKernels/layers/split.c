#include "split.h"

#include <stdatomic.h>

#if defined(__x86_64__)
#include <cpuid.h>
#endif

/// The last cache level that this core shares with its neighbours; 0 when the processor does not say. (The C library's
/// figure for AMD processors is the sum over the chip, of which a core can use only its own part.)
static int64_t last_cache_bytes(void) {
#if defined(__x86_64__)
  unsigned a, b, c, d;
  if (!__get_cpuid(0, &a, &b, &c, &d)) return 0;
  unsigned leaf = c == signature_AMD_ecx ? 0x8000001Du : 4u;
  if (!__get_cpuid_count(leaf, 3, &a, &b, &c, &d) || (a & 31) == 0) return 0;
  return (int64_t)((b >> 22) + 1) * ((b >> 12 & 1023) + 1) * ((b & 4095) + 1) * ((int64_t)c + 1);
#else
  return 0;
#endif
}

/// Three quarters of that cache, the measure the C library's memcpy uses too. Asked once: a virtual machine's processor
/// answers slowly.
static int64_t stream_bytes(void) {
  static _Atomic int64_t known;
  int64_t bytes = atomic_load_explicit(&known, memory_order_relaxed);
  if (bytes == 0) {
    int64_t cache = last_cache_bytes();
    bytes = cache > 0 ? cache / 4 * 3 : 24 << 20;
    atomic_store_explicit(&known, bytes, memory_order_relaxed);
  }
  return bytes;
}

int lt_should_stream(lt_view y, const float *from, const float *also_from) {
  if (!y.data || y.data == from || y.data == also_from) return 0;
  return lt_view_pixels(y) * y.c * (int64_t)sizeof(float) > stream_bytes();
}

// Which elements dropout keeps: a counter-based hash, so that the mask needs no memory and the backward pass can repeat
// it.
#ifndef LT_LAYERS_DROPOUT_HASH_H
#define LT_LAYERS_DROPOUT_HASH_H

#include <stdint.h>

// The element number's upper bits choose a key, its lower bits are hashed in 32-bit lanes with that key.
enum { LT_DROPOUT_SEGMENT_BITS = 20 };

typedef struct {
  uint32_t first, second;
} lt_dropout_key;

/// SplitMix64's finaliser (Steele, Lea, Flood 2014).
static inline uint64_t lt_split_mix(uint64_t z) {
  z += 0x9E3779B97F4A7C15u;
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
  return z ^ (z >> 31);
}

static inline lt_dropout_key lt_dropout_key_make(uint64_t seed, uint64_t segment) {
  uint64_t z = lt_split_mix(lt_split_mix(seed) ^ segment);
  return (lt_dropout_key){(uint32_t)z, (uint32_t)(z >> 32)};
}

// One definition for scalars and vectors (unsigned 32-bit lanes): the mixing constants of lowbias32 (Wellons 2018).
#define LT_DROPOUT_HASH(h, key)      \
  do {                               \
    h = h * 0x9E3779B1u + key.first; \
    h ^= h >> 16;                    \
    h *= 0x7FEB352Du;                \
    h ^= key.second;                 \
    h ^= h >> 15;                    \
    h *= 0x846CA68Bu;                \
    h ^= h >> 16;                    \
  } while (0)

/// An element is kept when the upper 24 bits of its hash are not below this.
static inline int32_t lt_dropout_threshold(float rate) { return (int32_t)(rate * 16777216.0f + 0.5f); }

static inline int lt_dropout_keeps(uint64_t seed, uint64_t element, int32_t threshold) {
  lt_dropout_key key = lt_dropout_key_make(seed, element >> LT_DROPOUT_SEGMENT_BITS);
  uint32_t h = (uint32_t)(element & ((1u << LT_DROPOUT_SEGMENT_BITS) - 1));
  LT_DROPOUT_HASH(h, key);
  return (int32_t)(h >> 8) >= threshold;
}

#endif

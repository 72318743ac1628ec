#ifndef LT_ISA_H
#define LT_ISA_H

/// Instruction sets that the kernels are built for. One build holds them all; the processor decides at run time.
typedef enum {
  LT_ISA_PORTABLE = 0,  // 4-lane vectors in plain C: SSE2 on x86-64, NEON on arm64
  LT_ISA_AVX2 = 1,      // 8 lanes, AVX2 + FMA
  LT_ISA_AVX512 = 2,    // 16 lanes, AVX-512 F, DQ, BW, VL
} lt_isa;

/// The widest instruction set this processor and operating system support. The environment variable LUNGTRIAGE_ISA
/// (portable, avx2, avx512) can lower it, for tests and for finding faults; it cannot raise it.
lt_isa lt_isa_best(void);

/// Whether kernels of this instruction set can run here.
int lt_isa_available(lt_isa isa);

/// "portable", "avx2" or "avx512".
const char *lt_isa_name(lt_isa isa);

#endif

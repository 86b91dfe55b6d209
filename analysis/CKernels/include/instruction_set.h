#ifndef DITHER_INSTRUCTION_SET_H
#define DITHER_INSTRUCTION_SET_H

/// The instruction sets that kernels are compiled for, each including those before it.
typedef enum {
    /// What every processor of the architecture has.
    DITHER_PORTABLE = 0,
    /// AVX2 and POPCNT, of x86-64-v3.
    DITHER_AVX2 = 1,
    /// AVX-512 F, BW, DQ and VL, of x86-64-v4.
    DITHER_AVX512 = 2,
} dither_instruction_set;

/// The last instruction set that this processor and its operating system have.
dither_instruction_set dither_best_instruction_set(void);

#endif

#include "include/instruction_set.h"

dither_instruction_set dither_best_instruction_set(void) {
#if defined(__x86_64__)
    __builtin_cpu_init();
    if (!__builtin_cpu_supports("avx2") || !__builtin_cpu_supports("popcnt")) return DITHER_PORTABLE;
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq")
        && __builtin_cpu_supports("avx512vl")) {
        return DITHER_AVX512;
    }
    return DITHER_AVX2;
#else
    return DITHER_PORTABLE;
#endif
}

// Includes KERNEL_BODY once for each instruction set. The body names its functions NAME(x), marks them TARGET and works in
// vectors of VECTOR_BYTES.

#define DITHER_JOIN(name, set) name##_##set
#define DITHER_JOINED(name, set) DITHER_JOIN(name, set)
#define NAME(name) DITHER_JOINED(name, SET)

#define SET portable
#define TARGET
#define VECTOR_BYTES 16
#include KERNEL_BODY
#undef SET
#undef TARGET
#undef VECTOR_BYTES

#if defined(__x86_64__)

#define SET avx2
#define TARGET __attribute__((target("avx2,popcnt")))
#define VECTOR_BYTES 32
#include KERNEL_BODY
#undef SET
#undef TARGET
#undef VECTOR_BYTES

#define SET avx512
#define TARGET __attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,popcnt")))
#define VECTOR_BYTES 64
#include KERNEL_BODY
#undef SET
#undef TARGET
#undef VECTOR_BYTES

// The function of an instruction set.
#define DITHER_OF_SET(set, name) \
    ((set) == DITHER_AVX512 ? DITHER_JOIN(name, avx512) : (set) == DITHER_AVX2 ? DITHER_JOIN(name, avx2) \
                                                                               : DITHER_JOIN(name, portable))

#else

#define DITHER_OF_SET(set, name) ((void)(set), DITHER_JOIN(name, portable))

#endif

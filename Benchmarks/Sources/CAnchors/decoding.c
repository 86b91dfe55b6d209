#include "include/decoding.h"

#include <openssl/evp.h>
#include <string.h>

#if defined(__x86_64__)
#include <immintrin.h>

#define AVX2 __attribute__((target("avx2"))) static inline

AVX2 __m256 within(__m256 x) {
    const __m256i bit1 = _mm256_setr_epi32(0, INT32_MIN, 0, INT32_MIN, 0, INT32_MIN, 0, INT32_MIN);
    const __m256i bit2 = _mm256_setr_epi32(0, 0, INT32_MIN, INT32_MIN, 0, 0, INT32_MIN, INT32_MIN);
    const __m256i bit4 = _mm256_setr_epi32(0, 0, 0, 0, INT32_MIN, INT32_MIN, INT32_MIN, INT32_MIN);
    x = _mm256_add_ps(_mm256_permute_ps(x, 0xB1), _mm256_xor_ps(x, _mm256_castsi256_ps(bit1)));
    x = _mm256_add_ps(_mm256_permute_ps(x, 0x4E), _mm256_xor_ps(x, _mm256_castsi256_ps(bit2)));
    return _mm256_add_ps(_mm256_permute2f128_ps(x, x, 1), _mm256_xor_ps(x, _mm256_castsi256_ps(bit4)));
}

// Three steps at once, on eight vectors.
AVX2 void mix(__m256 x[8]) {
    __m256 y[8];
    for (int i = 0; i < 8; i += 2) y[i] = x[i] + x[i + 1], y[i + 1] = x[i] - x[i + 1];
    for (int i = 0; i < 8; i += 4) {
        x[i] = y[i] + y[i + 2], x[i + 1] = y[i + 1] + y[i + 3];
        x[i + 2] = y[i] - y[i + 2], x[i + 3] = y[i + 1] - y[i + 3];
    }
    for (int i = 0; i < 4; i++) y[i] = x[i] + x[i + 4], y[i + 4] = x[i] - x[i + 4];
    memcpy(x, y, sizeof y);
}

AVX2 void mix8(float *values, size_t part) {
    for (size_t index = 0; index < part; index += 8, values += 8) {
        __m256 x[8];
        for (int i = 0; i < 8; i++) x[i] = _mm256_loadu_ps(values + i * part);
        mix(x);
        for (int i = 0; i < 8; i++) _mm256_storeu_ps(values + i * part, x[i]);
    }
}

AVX2 void mix2(float *values, size_t part) {
    for (size_t index = 0; index < part; index += 8, values += 8) {
        __m256 x = _mm256_loadu_ps(values), y = _mm256_loadu_ps(values + part);
        _mm256_storeu_ps(values, x + y);
        _mm256_storeu_ps(values + part, x - y);
    }
}

// At most 16 KiB: half of a first-level cache.
__attribute__((target("avx2"))) static void block(float *values, unsigned bit_count) {
    size_t count = (size_t)1 << bit_count, part = 64;
    for (size_t start = 0; start < count; start += 64) {
        __m256 x[8];
        for (int i = 0; i < 8; i++) x[i] = within(_mm256_loadu_ps(values + start + 8 * i));
        mix(x);
        for (int i = 0; i < 8; i++) _mm256_storeu_ps(values + start + 8 * i, x[i]);
    }
    for (; 8 * part <= count; part *= 8)
        for (size_t start = 0; start < count; start += 8 * part) mix8(values + start, part);
    for (; 2 * part <= count; part *= 2)
        for (size_t start = 0; start < count; start += 2 * part) mix2(values + start, part);
}

__attribute__((target("avx2"))) static void divide(float *values, unsigned bit_count) {
    if (bit_count <= 12) {
        block(values, bit_count);
        return;
    }
    size_t part = (size_t)1 << (bit_count - 3);
    mix8(values, part);
    for (size_t index = 0; index < 8; index++) divide(values + index * part, bit_count - 3);
}

int dither_anchor_hadamard(float *values, unsigned bit_count) {
    if (!__builtin_cpu_supports("avx2") || bit_count < 6) return 0;
    divide(values, bit_count);
    return 1;
}
#else
int dither_anchor_hadamard(float *values, unsigned bit_count) { return 0; }
#endif

#define BLOCK 2048

int dither_anchor_sketch_sums(
    const dither_anchor_sketch *sketch, const uint8_t *header, const uint8_t *texts, size_t text_byte_count, size_t count,
    uint64_t *sums
) {
    uint8_t message[24 + 256] = {0};
    memcpy(message, header, 24);
    EVP_MD *sha256 = EVP_MD_fetch(NULL, "SHA256", NULL);
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    int is_good = sha256 != NULL && context != NULL;
    for (size_t start = 0; start < count && is_good; start += BLOCK) {
        size_t block = count - start < BLOCK ? count - start : BLOCK;
        uint64_t keys[BLOCK];
        for (size_t index = 0; index < block && is_good; index++) {
            uint8_t digest[32];
            memcpy(message + 24, texts + (start + index) * text_byte_count, text_byte_count);
            is_good = EVP_DigestInit_ex2(context, sha256, NULL)
                && EVP_DigestUpdate(context, message, sizeof message)
                && EVP_DigestFinal_ex(context, digest, NULL);
            memcpy(&keys[index], digest, 8);
        }
        memset(sums + start, 0, block * sizeof *sums);
        for (size_t row = 0; row < sketch->row_count; row++) {
            const uint32_t *cells = sketch->cells + (row << sketch->width_bits);
            uint64_t multiplier = sketch->multipliers[row], offset = sketch->offsets[row];
            for (size_t index = 0; index < block; index++)
                sums[start + index] += cells[(multiplier * keys[index] + offset) >> (64 - sketch->width_bits)];
        }
    }
    EVP_MD_CTX_free(context);
    EVP_MD_free(sha256);
    return is_good;
}

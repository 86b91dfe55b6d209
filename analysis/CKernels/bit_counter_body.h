// Sums of rows as carry-save adders make them, for one instruction set: see every_set.h.
//
// The rows of a step lie side by side in a vector, or one row lies in the vectors of several blocks. A block's state is six
// vectors with the bits of the sums of steps, modulo 64; eight with the sixty-fours, byte i of the k-th for bit k of byte i;
// and eight for the carries of eight steps each, which are empty but within a group.

#define VECTOR NAME(dither_vector)
#define LOADED NAME(dither_loaded)

typedef uint64_t VECTOR __attribute__((vector_size(VECTOR_BYTES), may_alias));
typedef uint64_t LOADED __attribute__((vector_size(VECTOR_BYTES), aligned(1), may_alias));

// high and low become the carry and the sum of three bits, at every position.
#define ADD(high, low, a, b, c)                                    \
    do {                                                           \
        const VECTOR x = (a), y = (b), z = (c), differing = x ^ y; \
        (high) = (x & y) | (differing & z);                        \
        (low) = differing ^ z;                                     \
    } while (0)

#define ROW(index) (*(const LOADED *)(rows + (index) * step))

// Adds eight steps to the three lowest bits of a block's sums; their carry is `high`.
#define ADD_EIGHT(high, first)                                   \
    do {                                                         \
        VECTOR two_a, two_b, four_a, four_b;                     \
        ADD(two_a, ones, ones, ROW(first), ROW(first + 1));      \
        ADD(two_b, ones, ones, ROW(first + 2), ROW(first + 3));  \
        ADD(four_a, twos, twos, two_a, two_b);                   \
        ADD(two_a, ones, ones, ROW(first + 4), ROW(first + 5));  \
        ADD(two_b, ones, ones, ROW(first + 6), ROW(first + 7));  \
        ADD(four_b, twos, twos, two_a, two_b);                   \
        ADD(high, fours, fours, four_a, four_b);                 \
    } while (0)

// Adds eight steps to a block; their carry becomes the `part`-th of eight.
TARGET static inline __attribute__((always_inline)) void NAME(add_eight)(
    VECTOR *restrict state, const uint8_t *restrict rows, size_t step, int part
) {
    VECTOR ones = state[0], twos = state[1], fours = state[2], carry;
    ADD_EIGHT(carry, 0);
    state[0] = ones, state[1] = twos, state[2] = fours, state[14 + part] = carry;
}

// Adds the carries of eight times eight steps.
TARGET static inline __attribute__((always_inline)) void NAME(add_carries)(VECTOR *state) {
    const VECTOR *eight = state + 14;
    VECTOR eights = state[3], sixteens = state[4], sixteen_a, sixteen_b, thirty_two_a, thirty_two_b, carry;
    ADD(sixteen_a, eights, eights, eight[0], eight[1]);
    ADD(sixteen_b, eights, eights, eight[2], eight[3]);
    ADD(thirty_two_a, sixteens, sixteens, sixteen_a, sixteen_b);
    ADD(sixteen_a, eights, eights, eight[4], eight[5]);
    ADD(sixteen_b, eights, eights, eight[6], eight[7]);
    ADD(thirty_two_b, sixteens, sixteens, sixteen_a, sixteen_b);
    ADD(carry, state[5], state[5], thirty_two_a, thirty_two_b);
    state[3] = eights, state[4] = sixteens;
    for (int bit = 0; bit < 8; bit++) state[6 + bit] += (carry >> bit) & 0x0101010101010101;
}

TARGET static inline __attribute__((always_inline)) void NAME(add_groups_of)(
    uint8_t *restrict state, const uint8_t *restrict rows, size_t groups, size_t step, size_t blocks,
    size_t last_offset
) {
    for (; groups > 0; groups--) {
        VECTOR *block;
        for (int part = 0; part < 8; part++, rows += 8 * step) {
            block = (VECTOR *)state;
            for (size_t index = 0; index + 1 < blocks; index++, block += STATE_VECTORS) {
                NAME(add_eight)(block, rows + index * VECTOR_BYTES, step, part);
            }
            NAME(add_eight)(block, rows + last_offset, step, part);
        }
        block = (VECTOR *)state;
        for (size_t index = 0; index < blocks; index++, block += STATE_VECTORS) NAME(add_carries)(block);
    }
}

// Adds groups of sixty-four steps to all blocks. The compiler knows the places of rows of 128 and of 1,024 bits.
TARGET static void NAME(add_groups)(
    uint8_t *restrict state, const uint8_t *restrict rows, size_t groups, size_t step, size_t blocks, size_t last_offset
) {
    if (step == VECTOR_BYTES) {
        NAME(add_groups_of)(state, rows, groups, VECTOR_BYTES, 1, 0);
    } else if (step == 128) {
        NAME(add_groups_of)(state, rows, groups, 128, 128 / VECTOR_BYTES, 128 - VECTOR_BYTES);
    } else {
        NAME(add_groups_of)(state, rows, groups, step, blocks, last_offset);
    }
}

// Adds one step, given as VECTOR_BYTES for each block.
TARGET static void NAME(add_step)(uint8_t *state, const uint8_t *step, size_t blocks, size_t last_offset) {
    VECTOR *block = (VECTOR *)state;
    for (size_t index = 0; index < blocks; index++, block += STATE_VECTORS) {
        VECTOR carry = *(const LOADED *)(step + (index + 1 < blocks ? index * VECTOR_BYTES : last_offset));
        for (int level = 0; level < 6; level++) {
            const VECTOR sum = block[level];
            block[level] = sum ^ carry;
            carry &= sum;
        }
        for (int bit = 0; bit < 8; bit++) block[6 + bit] += (carry >> bit) & 0x0101010101010101;
    }
}

// The sums of a block, modulo 64: byte i of the k-th vector for bit k of byte i.
TARGET static void NAME(low_sums)(const uint8_t *state, uint8_t *sums) {
    const VECTOR *level = (const VECTOR *)state;
    for (int bit = 0; bit < 8; bit++) {
        VECTOR sum = (level[0] >> bit) & 0x0101010101010101;
        for (int power = 1; power < 6; power++) sum |= ((level[power] >> bit) & 0x0101010101010101) << power;
        ((VECTOR *)sums)[bit] = sum;
    }
}

#undef VECTOR
#undef LOADED
#undef ADD
#undef ROW
#undef ADD_EIGHT

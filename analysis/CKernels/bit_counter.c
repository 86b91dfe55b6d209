#include "include/bit_counter.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

// Of a block: six bits of every sum, eight vectors of sixty-fours, and eight carries.
#define STATE_VECTORS 22

// So many steps fit: a byte counts 255 sixty-fours, and the lower bits may hold 63 steps already.
#define STEP_LIMIT (255 * 64 - 63)

#define KERNEL_BODY "bit_counter_body.h"
#include "every_set.h"

struct dither_bit_counter {
    size_t byte_count, vector_bytes;
    // Rows narrower than a vector are added several a step; a wider row takes several blocks, of which the last overlaps
    // the one before where the row does not fill it.
    size_t rows_per_step, step_bytes, blocks, last_offset;
    // The steps that the state holds.
    size_t steps;
    dither_instruction_set set;
    uint8_t *state;
    // By bit of a row.
    ptrdiff_t *counts;
};

static size_t vector_bytes(dither_instruction_set set) {
    return set == DITHER_AVX512 ? 64 : set == DITHER_AVX2 ? 32 : 16;
}

static size_t state_bytes(const dither_bit_counter *counter) {
    return counter->blocks * STATE_VECTORS * counter->vector_bytes;
}

dither_bit_counter *dither_bit_counter_create(size_t byte_count, dither_instruction_set set) {
    dither_bit_counter *counter = calloc(1, sizeof *counter);
    if (counter == NULL || byte_count == 0) {
        free(counter);
        return NULL;
    }
    const size_t width = vector_bytes(set);
    const bool is_narrow = byte_count < width;
    counter->byte_count = byte_count;
    counter->vector_bytes = width;
    counter->set = set;
    counter->rows_per_step = is_narrow ? width / byte_count : 1;
    counter->step_bytes = counter->rows_per_step * byte_count;
    counter->blocks = is_narrow ? 1 : (byte_count + width - 1) / width;
    counter->last_offset = is_narrow ? 0 : byte_count - width;
    counter->counts = calloc(8 * byte_count, sizeof *counter->counts);
    counter->state = aligned_alloc(64, (state_bytes(counter) + 63) / 64 * 64);
    if (counter->counts == NULL || counter->state == NULL) {
        dither_bit_counter_destroy(counter);
        return NULL;
    }
    memset(counter->state, 0, state_bytes(counter));
    return counter;
}

void dither_bit_counter_destroy(dither_bit_counter *counter) {
    if (counter == NULL) return;
    free(counter->counts);
    free(counter->state);
    free(counter);
}

// Empties the state into the counts.
static void empty(dither_bit_counter *counter) {
    const size_t width = counter->vector_bytes;
    _Alignas(64) uint8_t low[8 * 64];
    for (size_t block = 0; block < counter->blocks && counter->steps > 0; block++) {
        const uint8_t *state = counter->state + block * STATE_VECTORS * width, *sixty_fours = state + 6 * width;
        const size_t offset = block + 1 == counter->blocks ? counter->last_offset : block * width;
        const size_t used = counter->blocks == 1 ? counter->step_bytes : width;
        DITHER_OF_SET(counter->set, low_sums)(state, low);
        // Without the bytes of the last block that the one before has counted.
        size_t byte = block * width;
        for (size_t index = byte - offset; index < used; index++) {
            ptrdiff_t *counts = counter->counts + 8 * byte;
            for (size_t bit = 0; bit < 8; bit++) {
                counts[bit] += low[bit * width + index] + 64 * sixty_fours[bit * width + index];
            }
            byte = byte + 1 == counter->byte_count ? 0 : byte + 1;
        }
    }
    memset(counter->state, 0, state_bytes(counter));
    counter->steps = 0;
}

static void make_room(dither_bit_counter *counter, size_t steps) {
    if (counter->steps + steps > STEP_LIMIT) empty(counter);
    counter->steps += steps;
}

void dither_bit_counter_add(dither_bit_counter *counter, const uint8_t *rows, size_t row_count) {
    const size_t step = counter->step_bytes, blocks = counter->blocks, last_offset = counter->last_offset;
    size_t byte_count = row_count * counter->byte_count;
    // A vector of the last steps may reach beyond the rows.
    const size_t reach = blocks == 1 && counter->vector_bytes > step ? counter->vector_bytes - step : 0;
    size_t groups = byte_count > reach ? (byte_count - reach) / step / 64 : 0;
    byte_count -= groups * 64 * step;
    while (groups > 0) {
        if (counter->steps + 64 > STEP_LIMIT) empty(counter);
        const size_t room = (STEP_LIMIT - counter->steps) / 64, some = groups < room ? groups : room;
        DITHER_OF_SET(counter->set, add_groups)(counter->state, rows, some, step, blocks, last_offset);
        counter->steps += some * 64;
        rows += some * 64 * step;
        groups -= some;
    }
    for (; byte_count >= step && byte_count >= counter->vector_bytes; byte_count -= step, rows += step) {
        make_room(counter, 1);
        DITHER_OF_SET(counter->set, add_step)(counter->state, rows, blocks, last_offset);
    }
    // What is left are rows of less than a vector.
    while (byte_count > 0) {
        uint8_t padded[64] = {0};
        const size_t some = byte_count < step ? byte_count : step;
        memcpy(padded, rows, some);
        make_room(counter, 1);
        DITHER_OF_SET(counter->set, add_step)(counter->state, padded, 1, 0);
        byte_count -= some, rows += some;
    }
}

void dither_bit_counter_take(dither_bit_counter *counter, ptrdiff_t *counts) {
    empty(counter);
    for (size_t bit = 0; bit < 8 * counter->byte_count; bit++) counts[bit] += counter->counts[bit];
    memset(counter->counts, 0, 8 * counter->byte_count * sizeof *counter->counts);
}

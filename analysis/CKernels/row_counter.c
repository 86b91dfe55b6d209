#define _GNU_SOURCE

#include "include/row_counter.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#if defined(__linux__)
#include <sys/mman.h>
#endif

// A byte counts so many reports.
#define PLANE_LIMIT 255
// Planes of so many bytes stay in a second-level cache.
#define PLANES_LIMIT ((size_t)1 << 20)
// The most parts that reports are sorted into: as many pages are written to at a time.
#define PART_LIMIT 256
// Of fewer reports a row, planes cost more to empty than they save.
#define FEW_REPORTS 4

typedef uint8_t dither_bytes __attribute__((vector_size(16)));
typedef uint64_t dither_sixteen_bytes __attribute__((vector_size(16), aligned(1), may_alias));
typedef uint32_t dither_sixteen_numbers __attribute__((vector_size(64), aligned(4), may_alias));
typedef uint32_t dither_eight_numbers __attribute__((vector_size(32), aligned(4), may_alias));

#define KERNEL_BODY "row_counter_body.h"
#include "every_set.h"

static size_t stride(const dither_row_reports *reports) { return reports->row_byte_count + reports->bit_byte_count; }

static size_t row_of(const dither_row_reports *reports, size_t index) {
    const uint8_t *bytes = reports->bytes + index * stride(reports);
    size_t row = 0;
    for (size_t place = 0; place < reports->row_byte_count; place++) row |= (size_t)bytes[place] << (8 * place);
    return row;
}

static const uint8_t *bits_of(const dither_row_reports *reports, size_t index) {
    return reports->bytes + index * stride(reports) + reports->row_byte_count;
}

// Counts a report of a row; false where there is no such row, or none more fits.
static bool count_row(size_t row, size_t row_count, uint32_t *row_report_counts) {
    if (row >= row_count || row_report_counts[row] == UINT32_MAX) return false;
    row_report_counts[row] += 1;
    return true;
}

static size_t add_one_by_one(
    const dither_row_reports *reports, size_t row_count, uint32_t *cells, uint32_t *row_report_counts,
    dither_instruction_set set
) {
    size_t index = 0;
    for (; index < reports->count; index++) {
        const size_t row = row_of(reports, index);
        if (!count_row(row, row_count, row_report_counts)) break;
        DITHER_OF_SET(set, add_to_cells)(
            cells + row * 8 * reports->bit_byte_count, bits_of(reports, index), reports->bit_byte_count);
    }
    return index;
}

// Counts in planes of rows from `first_row` on, which are empty before and after: eight for each, and a byte with how many
// reports they hold. Reports of each row are counted too, unless `row_report_counts` is NULL.
static size_t add_by_planes(
    const dither_row_reports *reports, size_t first_row, size_t row_count, uint32_t *cells,
    uint32_t *row_report_counts, uint8_t *planes, dither_instruction_set set
) {
    const size_t byte_count = reports->bit_byte_count;
    uint8_t *filled = planes + row_count * 8 * byte_count;
    size_t index = 0;
    for (; index < reports->count; index++) {
        const size_t row = row_of(reports, index) - first_row, first = row * 8 * byte_count;
        if (row_report_counts != NULL && !count_row(row, row_count, row_report_counts)) break;
        if (filled[row] == PLANE_LIMIT) {
            DITHER_OF_SET(set, empty_planes)(planes + first, cells + first, byte_count);
            filled[row] = 0;
        }
        filled[row] += 1;
        DITHER_OF_SET(set, add_to_planes)(planes + first, bits_of(reports, index), byte_count);
    }
    for (size_t row = 0; row < row_count; row++) {
        const size_t first = row * 8 * byte_count;
        if (filled[row] > 0) DITHER_OF_SET(set, empty_planes)(planes + first, cells + first, byte_count);
        filled[row] = 0;
    }
    return index;
}

// How reports are sorted: into parts of 2^shift rows each, the last of fewer.
typedef struct {
    size_t shift, count;
    // For each part where its next report goes; once all are in place, where the part ends.
    size_t ends[PART_LIMIT];
    // A copy of the reports, part after part.
    uint8_t *sorted;
} dither_parts;

// Memory that is written once from end to end: in large pages, if there are some, it takes the kernel less time to give.
static uint8_t *allocate(size_t byte_count) {
    const size_t page = (size_t)2 << 20, size = (byte_count + page - 1) / page * page;
    uint8_t *bytes = aligned_alloc(page, size);
#if defined(__linux__)
    if (bytes != NULL) (void)madvise(bytes, size, MADV_HUGEPAGE);
#endif
    return bytes;
}

// Sorts the reports that can be counted, and counts those of each row. Says how many there are.
static size_t sort(
    const dither_row_reports *reports, size_t row_count, uint32_t *row_report_counts, dither_parts *parts
) {
    const size_t size = stride(reports);
    size_t count = 0;
    for (; count < reports->count; count++) {
        const size_t row = row_of(reports, count);
        if (!count_row(row, row_count, row_report_counts)) break;
        parts->ends[row >> parts->shift] += 1;
    }
    size_t start = 0;
    for (size_t part = 0; part < parts->count; part++) {
        const size_t part_size = parts->ends[part];
        parts->ends[part] = start;
        start += part_size;
    }
    for (size_t index = 0; index < count; index++) {
        const size_t part = row_of(reports, index) >> parts->shift;
        memcpy(parts->sorted + size * parts->ends[part]++, reports->bytes + size * index, size);
    }
    return count;
}

static size_t add_sorted(
    const dither_row_reports *reports, size_t row_count, uint32_t *cells, uint32_t *row_report_counts,
    dither_parts *parts, uint8_t *planes, dither_instruction_set set
) {
    const size_t count = sort(reports, row_count, row_report_counts, parts), rows = (size_t)1 << parts->shift;
    size_t start = 0;
    for (size_t part = 0; part < parts->count; part++) {
        const size_t first_row = part << parts->shift, rows_left = row_count - first_row;
        dither_row_reports of_part = *reports;
        of_part.bytes = parts->sorted + start * stride(reports);
        of_part.count = parts->ends[part] - start;
        add_by_planes(
            &of_part, first_row, rows_left < rows ? rows_left : rows,
            cells + first_row * 8 * reports->bit_byte_count, NULL, planes, set);
        start = parts->ends[part];
    }
    return count;
}

size_t dither_count_row_reports(
    const dither_row_reports *reports, size_t row_count, uint32_t *cells, uint32_t *row_report_counts,
    dither_instruction_set set
) {
    const size_t plane_bytes = 8 * reports->bit_byte_count;
    size_t counted = SIZE_MAX;
    if (reports->bit_byte_count % 16 == 0 && reports->count / FEW_REPORTS >= row_count) {
        dither_parts parts = {0};
        while ((plane_bytes << (parts.shift + 1)) <= PLANES_LIMIT || row_count > (size_t)PART_LIMIT << parts.shift) {
            parts.shift += 1;
        }
        const size_t rows = (size_t)1 << parts.shift;
        parts.count = (row_count + rows - 1) / rows;
        uint8_t *planes = calloc(row_count < rows ? row_count : rows, plane_bytes + 1);
        if (planes != NULL && parts.count == 1) {
            counted = add_by_planes(reports, 0, row_count, cells, row_report_counts, planes, set);
        } else if (planes != NULL && (parts.sorted = allocate(reports->count * stride(reports))) != NULL) {
            counted = add_sorted(reports, row_count, cells, row_report_counts, &parts, planes, set);
        }
        free(parts.sorted);
        free(planes);
    }
    if (counted != SIZE_MAX) return counted;
    return add_one_by_one(reports, row_count, cells, row_report_counts, set);
}

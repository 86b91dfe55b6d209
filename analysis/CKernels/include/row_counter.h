#ifndef DITHER_ROW_COUNTER_H
#define DITHER_ROW_COUNTER_H

#include <stddef.h>
#include <stdint.h>

#include "instruction_set.h"

/// Reports of a sketch that lie end to end, each the number of its row, little-endian, and a bit for every cell of it.
typedef struct {
    const uint8_t *bytes;
    size_t count;
    /// The bytes of a row's number, at most eight.
    size_t row_byte_count;
    /// The bytes of a report's bits, at least one.
    size_t bit_byte_count;
} dither_row_reports;

/// Counts the bits of reports in the cells of their rows, and the reports of each row.
///
/// Where there are more than a few reports for each row, their bits are first counted in bytes; reports of many rows are
/// sorted by row before, so that the bytes stay in the cache. That takes a copy of the reports then, and some MiB. Without that
/// memory, or of fewer reports, the bits are added to the cells one report after the other.
///
/// @param cells `row_count` rows of 8 · bit_byte_count numbers, each at most that of its row's reports.
/// @param row_report_counts the reports of each row.
/// @returns how many reports were counted: all before the first of a row that there is not, or that has UINT32_MAX.
size_t dither_count_row_reports(
    const dither_row_reports *reports, size_t row_count, uint32_t *cells, uint32_t *row_report_counts,
    dither_instruction_set set);

#endif

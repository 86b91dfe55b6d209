#ifndef DITHER_CANCHORS_H
#define DITHER_CANCHORS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "decoding.h"

/// Takes a result as if somebody read it, so that no compiler leaves its computation out.
void dither_keep(const void *result);

/// One getrandom(2) of so many bytes, at most 4,096.
void dither_anchor_random(size_t byte_count);

/// Memory of zeros in large pages where there are some; NULL where there is none.
uint8_t *dither_anchor_pages(size_t byte_count);

void dither_anchor_free_pages(uint8_t *pages, size_t byte_count);

/// Reads all bytes and adds them up as words: as fast as memory can be read.
void dither_anchor_sum(const uint8_t *bytes, size_t byte_count);

/// Counts reports of 1,024 bits, each after two bytes with its row, in planes of bytes that are emptied into the cells: no
/// faster way is known where rows are mixed. Nothing is checked. False without memory.
bool dither_anchor_count_planes(const uint8_t *reports, size_t count, size_t row_count, uint32_t *cells);

/// Reads a file in parts of 256 KiB and adds up its words. False where it cannot be read.
bool dither_anchor_sum_file(const char *path);

/// Writes a store with chunks of payloads, after a schema. False where that fails.
bool dither_anchor_write_chunks(
    const char *path, const char *schema, const uint8_t *payloads, size_t stride, size_t chunk_bytes, size_t chunks);

/// Writes a store that keeps each payload in a row of its own, as before it is sealed. False where that fails.
bool dither_anchor_write_rows(
    const char *path, const char *schema, const uint8_t *payloads, size_t stride, size_t count);

/// Steps through the rows of such a store, mapped into memory, and looks at each payload. How many there are.
size_t dither_anchor_scan_rows(const char *path);

/// Adds ChaCha20 keystream to the bytes, under a fixed key, on a context that is used again.
void dither_anchor_keystream(unsigned char *bytes, size_t byte_count);

/// What a report of 1,024 bits is made of, by libcrypto with contexts that are used again: SHA-256 of 280 bytes,
/// getrandom(32), a new key, 3,080 bytes of keystream, and a copy of 130 bytes.
void dither_anchor_sketch_report(unsigned char report[130]);

/// What a memoized report of RAPPOR with 128 bits is made of, likewise: HMAC-SHA256 of 258 bytes under a new key, a new
/// key, 384 bytes of keystream, MD5 of five blocks, getrandom(32), and a copy of 17 bytes.
void dither_anchor_memoized_report(unsigned char report[17]);

/// Posts a body by libcurl on a connection of its own; 1 if it was answered with 200.
int dither_anchor_upload(const char *url, const char *certificate, const void *body, size_t byte_count);

/// Commits one row of 256 bytes to an SQLite database that is made on the first call, synchronised; 1 if it worked.
int dither_anchor_commit(const char *path);

#endif

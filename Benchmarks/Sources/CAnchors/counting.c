#include "CAnchors.h"

#include <fcntl.h>
#include <openssl/sha.h>
#include <sqlite3.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

uint8_t *dither_anchor_pages(size_t byte_count) {
    uint8_t *pages = mmap(NULL, byte_count, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (pages == MAP_FAILED) return NULL;
    madvise(pages, byte_count, MADV_HUGEPAGE);
    return pages;
}

void dither_anchor_free_pages(uint8_t *pages, size_t byte_count) { munmap(pages, byte_count); }

#if defined(__x86_64__)
#define WIDE __attribute__((target("avx2")))
#else
#define WIDE
#endif

typedef uint64_t vector __attribute__((vector_size(32), aligned(1), may_alias));

static WIDE void add_all(uint64_t *sums, const uint8_t *bytes, size_t byte_count) {
    const vector *at = (const vector *)bytes, *end = at + byte_count / sizeof(vector) / 8 * 8;
    vector a = {0}, b = {0}, c = {0}, d = {0}, e = {0}, f = {0}, g = {0}, h = {0};
    for (; at < end; at += 8) {
        a += at[0], b += at[1], c += at[2], d += at[3];
        e += at[4], f += at[5], g += at[6], h += at[7];
    }
    a += b + c + d + e + f + g + h;
    for (int lane = 0; lane < 4; lane++) *sums += a[lane];
}

void dither_anchor_sum(const uint8_t *bytes, size_t byte_count) {
    uint64_t sum = 0;
    add_all(&sum, bytes, byte_count);
    dither_keep(&sum);
}

// The planes of a row: eight, with a byte for each of the bits 8i + k in the k-th.
static WIDE void add_report(uint8_t *planes, const uint8_t *bits) {
    typedef uint8_t bytes __attribute__((vector_size(32), aligned(1), may_alias));
    for (int part = 0; part < 4; part++) {
        const bytes word = *(const bytes *)(bits + 32 * part);
        for (int bit = 0; bit < 8; bit++) *(bytes *)(planes + 128 * bit + 32 * part) += (word >> bit) & 1;
    }
}

static void empty(uint8_t *planes, uint32_t *cells) {
    for (int place = 0; place < 128; place++) {
        for (int bit = 0; bit < 8; bit++) cells[8 * place + bit] += planes[128 * bit + place];
    }
    memset(planes, 0, 1024);
}

bool dither_anchor_count_planes(const uint8_t *reports, size_t count, size_t row_count, uint32_t *cells) {
    uint8_t *planes = calloc(row_count, 1024), *filled = calloc(row_count, 1);
    const bool has_memory = planes != NULL && filled != NULL;
    for (size_t index = 0; has_memory && index < count; index++, reports += 130) {
        const size_t row = reports[0] | (size_t)reports[1] << 8;
        add_report(planes + 1024 * row, reports + 2);
        if (++filled[row] == 255) {
            empty(planes + 1024 * row, cells + 1024 * row);
            filled[row] = 0;
        }
    }
    for (size_t row = 0; has_memory && row < row_count; row++) empty(planes + 1024 * row, cells + 1024 * row);
    free(planes);
    free(filled);
    return has_memory;
}

bool dither_anchor_sum_file(const char *path) {
    enum { part = 262144 };
    static _Alignas(64) uint8_t buffer[part];
    const int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0) return false;
    uint64_t sum = 0;
    ssize_t count;
    while ((count = read(file, buffer, part)) > 0) add_all(&sum, buffer, (size_t)count);
    close(file);
    dither_keep(&sum);
    return count == 0;
}

static bool run(sqlite3 *database, const char *sql) { return sqlite3_exec(database, sql, NULL, NULL, NULL) == SQLITE_OK; }

// Commits what was written, unless something failed, and closes the database.
static bool finish(sqlite3 *database, sqlite3_stmt *insert, bool is_written) {
    sqlite3_finalize(insert);
    is_written = is_written && run(database, "COMMIT");
    sqlite3_close(database);
    return is_written;
}

bool dither_anchor_write_chunks(
    const char *path, const char *schema, const uint8_t *payloads, size_t stride, size_t chunk_bytes, size_t chunks
) {
    sqlite3 *database = NULL;
    sqlite3_stmt *insert = NULL;
    const char *sql = "INSERT INTO chunk VALUES (?1, 1, 1, 20000, 0, ?2, ?3, ?4, ?5)";
    bool is_written = sqlite3_open(path, &database) == SQLITE_OK && run(database, schema) && run(database, "BEGIN")
        && sqlite3_prepare_v2(database, sql, -1, &insert, NULL) == SQLITE_OK;
    for (size_t index = 0; is_written && index < chunks; index++, payloads += chunk_bytes) {
        unsigned char digest[SHA256_DIGEST_LENGTH];
        SHA256(payloads, chunk_bytes, digest);
        sqlite3_bind_int64(insert, 1, (sqlite3_int64)index + 1);
        sqlite3_bind_int64(insert, 2, (sqlite3_int64)stride);
        sqlite3_bind_int64(insert, 3, (sqlite3_int64)(chunk_bytes / stride));
        sqlite3_bind_blob(insert, 4, digest, sizeof digest, SQLITE_TRANSIENT);
        sqlite3_bind_blob(insert, 5, payloads, (int)chunk_bytes, SQLITE_STATIC);
        is_written = sqlite3_step(insert) == SQLITE_DONE;
        sqlite3_reset(insert);
    }
    return finish(database, insert, is_written);
}

bool dither_anchor_write_rows(
    const char *path, const char *schema, const uint8_t *payloads, size_t stride, size_t count
) {
    sqlite3 *database = NULL;
    sqlite3_stmt *insert = NULL;
    const char *sql = "INSERT INTO staged VALUES (1, 1, 20000, 0, ?1, ?2)";
    bool is_written = sqlite3_open(path, &database) == SQLITE_OK && run(database, schema) && run(database, "BEGIN")
        && sqlite3_prepare_v2(database, sql, -1, &insert, NULL) == SQLITE_OK;
    for (size_t index = 0; is_written && index < count; index++, payloads += stride) {
        sqlite3_bind_int64(insert, 1, (sqlite3_int64)(index << 20));
        sqlite3_bind_blob(insert, 2, payloads, (int)stride, SQLITE_STATIC);
        is_written = sqlite3_step(insert) == SQLITE_DONE;
        sqlite3_reset(insert);
    }
    return finish(database, insert, is_written);
}

size_t dither_anchor_scan_rows(const char *path) {
    sqlite3 *database = NULL;
    sqlite3_stmt *select = NULL;
    size_t count = 0;
    uint64_t sum = 0;
    const char *sql = "SELECT payload FROM staged WHERE metric = 1 AND version = 1 AND day = 20000 AND shape_key = 0";
    if (sqlite3_open_v2(path, &database, SQLITE_OPEN_READONLY, NULL) == SQLITE_OK
        && run(database, "PRAGMA mmap_size = 2147418112")
        && sqlite3_prepare_v2(database, sql, -1, &select, NULL) == SQLITE_OK) {
        for (; sqlite3_step(select) == SQLITE_ROW; count++) sum += *(const uint8_t *)sqlite3_column_blob(select, 0);
    }
    sqlite3_finalize(select);
    sqlite3_close(database);
    dither_keep(&sum);
    return count;
}

/*
 * What the machine can do without a collector.
 *
 * usage: baseline fdatasync FILE COUNT           the median of fdatasync after 8,240 new bytes, in microseconds
 *        baseline sqlite FILE SECONDS BATCH      reports per second of a bare loop: BATCH reports a transaction, into the
 *                                                tables of a store, under random keys, synchronised as a store is
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>
#include <unistd.h>

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec * 1e-9;
}

static int by_size(const void *one, const void *other) {
    double a = *(const double *)one, b = *(const double *)other;
    return (a > b) - (a < b);
}

static int synchronise(const char *path, int count) {
    enum { COMMIT = 2 * (4096 + 24) };
    static char bytes[COMMIT];
    double *delays = malloc((size_t)count * sizeof *delays);
    int file = open(path, O_RDWR | O_CREAT | O_TRUNC, 0600);
    for (int index = 0; index < count; index++) {
        memset(bytes, index, sizeof bytes);
        if (pwrite(file, bytes, sizeof bytes, (off_t)index * COMMIT) != COMMIT) return 1;
        double start = now();
        if (fdatasync(file) != 0) return 1;
        delays[index] = (now() - start) * 1e6;
    }
    qsort(delays, (size_t)count, sizeof *delays, by_size);
    printf("%.1f\n", delays[count / 2]);
    return unlink(path);
}

static sqlite3 *database;

static void run(const char *sql) {
    char *complaint = 0;
    if (sqlite3_exec(database, sql, 0, 0, &complaint) == SQLITE_OK) return;
    fprintf(stderr, "%s: %s\n", sql, complaint);
    exit(1);
}

static sqlite3_stmt *prepare(const char *sql) {
    sqlite3_stmt *statement = 0;
    if (sqlite3_prepare_v3(database, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, 0) != SQLITE_OK) exit(1);
    return statement;
}

static void finish(sqlite3_stmt *statement) {
    if (sqlite3_step(statement) != SQLITE_DONE) exit(1);
    sqlite3_reset(statement);
}

/* The tables are made by a collector beforehand, so that they are the same. */
static int store(const char *path, double seconds, int batch) {
    if (sqlite3_open(path, &database) != SQLITE_OK) return 1;
    run("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA cache_size = -65536; PRAGMA wal_autocheckpoint = 8192");
    sqlite3_stmt *begin = prepare("BEGIN IMMEDIATE"), *commit = prepare("COMMIT");
    sqlite3_stmt *entry = prepare("INSERT OR IGNORE INTO batch (identifier, forget_after, rejected) VALUES (?, ?, ?)");
    sqlite3_stmt *report = prepare(
        "INSERT OR IGNORE INTO staged (metric, version, day, shape_key, key, payload) VALUES (?, 1, ?, 0, ?, ?)");
    long reports = 0;
    int metrics = (batch + 27) / 28; /* as ingest-host makes its batches */
    double start = now(), elapsed = 0;
    static sqlite3_int64 keys[4096];
    static unsigned char payload[16], identifier[16];
    while ((elapsed = now() - start) < seconds) {
        if (getrandom(keys, (size_t)batch * sizeof *keys, 0) < 0 || getrandom(identifier, 16, 0) < 0) return 1;
        finish(begin);
        sqlite3_bind_blob(entry, 1, identifier, 16, SQLITE_STATIC);
        sqlite3_bind_int(entry, 2, 20600);
        sqlite3_bind_zeroblob(entry, 3, 0);
        finish(entry);
        for (int index = 0; index < batch; index++) {
            sqlite3_bind_int(report, 1, 1 + index % metrics);
            sqlite3_bind_int(report, 2, 20600 - index / metrics);
            sqlite3_bind_int64(report, 3, keys[index] & 0x7FFFFFFFFFFFFFFF);
            sqlite3_bind_blob(report, 4, payload, sizeof payload, SQLITE_STATIC);
            finish(report);
        }
        finish(commit);
        reports += batch;
    }
    printf("%.0f\n", (double)reports / elapsed);
    return 0;
}

int main(int count, char **words) {
    if (count == 4 && strcmp(words[1], "fdatasync") == 0) return synchronise(words[2], atoi(words[3]));
    if (count == 5 && strcmp(words[1], "sqlite") == 0) return store(words[2], atof(words[3]), atoi(words[4]));
    fprintf(stderr, "usage: baseline fdatasync FILE COUNT | baseline sqlite FILE SECONDS BATCH\n");
    return 2;
}

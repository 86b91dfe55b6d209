/* The host without the agent: SQLite with a table of its own, and libcurl initialised. Prints its resident KiB. */
#include <curl/curl.h>
#include <sqlite3.h>
#include <stdio.h>

int main(int argc, char **argv) {
    sqlite3 *database = NULL;
    if (argc != 2 || sqlite3_open(argv[1], &database) != SQLITE_OK) return 1;
    if (sqlite3_exec(database, "PRAGMA journal_mode = WAL; CREATE TABLE t (a INTEGER); INSERT INTO t VALUES (1);", NULL,
                     NULL, NULL) != SQLITE_OK)
        return 1;
    if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) return 1;
    CURL *handle = curl_easy_init();
    if (handle == NULL) return 1;
    char line[256];
    long kib = -1;
    FILE *status = fopen("/proc/self/status", "r");
    if (status == NULL) return 1;
    while (fgets(line, sizeof line, status))
        if (sscanf(line, "VmRSS: %ld", &kib) == 1) break;
    fclose(status);
    printf("%ld\n", kib);
    curl_easy_cleanup(handle);
    return sqlite3_close(database) == SQLITE_OK ? 0 : 1;
}

#include "CAnchors.h"

#include <curl/curl.h>
#include <sqlite3.h>
#include <string.h>

static size_t drop(char *bytes, size_t size, size_t count, void *context) {
    (void)bytes, (void)context;
    return size * count;
}

int dither_anchor_upload(const char *url, const char *certificate, const void *body, size_t byte_count) {
    static CURL *handle;
    static struct curl_slist *headers;
    if (!handle) {
        if (curl_global_init(CURL_GLOBAL_DEFAULT) || !(handle = curl_easy_init())) return 0;
        headers = curl_slist_append(NULL, "Content-Type: application/vnd.dither.reports.v1");
        headers = curl_slist_append(headers, "Expect:");
        curl_easy_setopt(handle, CURLOPT_HTTPHEADER, headers);
        curl_easy_setopt(handle, CURLOPT_POST, 1L);
        curl_easy_setopt(handle, CURLOPT_WRITEFUNCTION, drop);
        curl_easy_setopt(handle, CURLOPT_FORBID_REUSE, 1L);
        curl_easy_setopt(handle, CURLOPT_SSL_SESSIONID_CACHE, 0L);
        curl_easy_setopt(handle, CURLOPT_CAPATH, NULL);
        curl_easy_setopt(handle, CURLOPT_PROXY, "");
    }
    curl_easy_setopt(handle, CURLOPT_URL, url);
    curl_easy_setopt(handle, CURLOPT_CAINFO, certificate);
    curl_easy_setopt(handle, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)byte_count);
    curl_easy_setopt(handle, CURLOPT_POSTFIELDS, body);
    long status = 0;
    return curl_easy_perform(handle) == CURLE_OK
        && curl_easy_getinfo(handle, CURLINFO_RESPONSE_CODE, &status) == CURLE_OK && status == 200;
}

int dither_anchor_commit(const char *path) {
    static sqlite3 *database;
    if (!database
        && (sqlite3_open(path, &database) != SQLITE_OK
            || sqlite3_exec(
                   database,
                   "PRAGMA page_size = 1024; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;"
                   "CREATE TABLE outbox (identifier BLOB PRIMARY KEY, body BLOB) WITHOUT ROWID;",
                   NULL, NULL, NULL)
                != SQLITE_OK))
        return 0;
    return sqlite3_exec(
               database, "REPLACE INTO outbox VALUES (zeroblob(16), randomblob(256))", NULL, NULL, NULL)
        == SQLITE_OK;
}

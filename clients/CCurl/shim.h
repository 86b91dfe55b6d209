#ifndef DITHER_CCURL_SHIM_H
#define DITHER_CCURL_SHIM_H

// curl_easy_setopt and curl_easy_getinfo are variadic, which Swift cannot call: one typed function per kind of argument.

#include <curl/curl.h>

static inline CURLcode dither_curl_set_long(CURL *handle, CURLoption option, long value) {
    return curl_easy_setopt(handle, option, value);
}
static inline CURLcode dither_curl_set_offset(CURL *handle, CURLoption option, curl_off_t value) {
    return curl_easy_setopt(handle, option, value);
}
static inline CURLcode dither_curl_set_string(CURL *handle, CURLoption option, const char *value) {
    return curl_easy_setopt(handle, option, value);
}
static inline CURLcode dither_curl_set_pointer(CURL *handle, CURLoption option, const void *value) {
    return curl_easy_setopt(handle, option, value);
}
static inline CURLcode dither_curl_set_list(CURL *handle, CURLoption option, struct curl_slist *value) {
    return curl_easy_setopt(handle, option, value);
}
typedef size_t (*dither_curl_write)(char *bytes, size_t size, size_t count, void *context);
static inline CURLcode dither_curl_set_write(CURL *handle, dither_curl_write function, void *context) {
    CURLcode code = curl_easy_setopt(handle, CURLOPT_WRITEFUNCTION, function);
    return code == CURLE_OK ? curl_easy_setopt(handle, CURLOPT_WRITEDATA, context) : code;
}
static inline CURLcode dither_curl_get_long(CURL *handle, CURLINFO info, long *value) {
    return curl_easy_getinfo(handle, info, value);
}
static inline CURLcode dither_curl_get_offset(CURL *handle, CURLINFO info, curl_off_t *value) {
    return curl_easy_getinfo(handle, info, value);
}
static inline CURLcode dither_curl_get_string(CURL *handle, CURLINFO info, char **value) {
    return curl_easy_getinfo(handle, info, value);
}
// The header of the answer itself, not of a proxy's answer to CONNECT; NULL where there is none, or more than one.
static inline const char *dither_curl_answer_header(CURL *handle, const char *name) {
    struct curl_header *header;
    if (curl_easy_header(handle, name, 0, CURLH_HEADER, -1, &header) != CURLHE_OK) return NULL;
    return header->amount == 1 ? header->value : NULL;
}
// How the only exchange of a multi handle ended. Returns 0 while it has not.
static inline int dither_curl_finished(CURLM *multi, CURLcode *code) {
    int waiting;
    CURLMsg *message = curl_multi_info_read(multi, &waiting);
    if (!message || message->msg != CURLMSG_DONE) return 0;
    *code = message->data.result;
    return 1;
}

#endif

#define _GNU_SOURCE
#include "CAnchors.h"

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

// What a benchmark needs of the system is there, or there is no benchmark.
static void require(int holds) {
    if (!holds) abort();
}

static unsigned char zeros[16];

static void random_bytes(unsigned char *bytes, size_t byte_count) {
    // Shorter only if a signal comes, of which a benchmark has none.
    require(getrandom(bytes, byte_count, 0) == (ssize_t)byte_count);
}

static EVP_CIPHER_CTX *cipher(void) {
    static EVP_CIPHER_CTX *context;
    if (!context) {
        context = EVP_CIPHER_CTX_new();
        require(EVP_EncryptInit_ex2(context, EVP_CIPHER_fetch(NULL, "ChaCha20", NULL), NULL, NULL, NULL));
    }
    return context;
}

static EVP_MD_CTX *digest(const char *name) {
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    require(EVP_DigestInit_ex2(context, EVP_MD_fetch(NULL, name, NULL), NULL));
    return context;
}

static void keystream(const unsigned char *key, unsigned char *bytes, size_t byte_count) {
    int written;
    require(EVP_EncryptInit_ex2(cipher(), NULL, key, zeros, NULL));
    require(EVP_EncryptUpdate(cipher(), bytes, &written, bytes, (int)byte_count));
}

static void hash(EVP_MD_CTX *context, const unsigned char *bytes, size_t byte_count, unsigned char *result) {
    require(EVP_DigestInit_ex2(context, NULL, NULL) && EVP_DigestUpdate(context, bytes, byte_count));
    require(EVP_DigestFinal_ex(context, result, NULL));
}

void dither_anchor_random(size_t byte_count) {
    unsigned char bytes[4096];
    require(byte_count <= sizeof bytes);
    random_bytes(bytes, byte_count);
    dither_keep(bytes);
}

void dither_anchor_keystream(unsigned char *bytes, size_t byte_count) {
    static unsigned char key[32] = "a key of exactly thirty-two byte";
    keystream(key, bytes, byte_count);
    dither_keep(bytes);
}

void dither_anchor_sketch_report(unsigned char report[130]) {
    static EVP_MD_CTX *sha256;
    static unsigned char message[280], words[3080];
    if (!sha256) sha256 = digest("SHA256");
    unsigned char result[32], key[32];
    hash(sha256, message, sizeof message, result);
    random_bytes(key, sizeof key);
    keystream(key, words, sizeof words);
    dither_keep(result);
    memcpy(report, words, 130);
    dither_keep(report);
}

void dither_anchor_memoized_report(unsigned char report[17]) {
    static EVP_MAC_CTX *hmac;
    static EVP_MD_CTX *md5;
    static unsigned char key[32], message[258], words[384], filter[5 * 64 - 9];
    if (!hmac) {
        char name[] = "SHA256";
        OSSL_PARAM parameters[] = {
            OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, name, 0), OSSL_PARAM_construct_end()};
        hmac = EVP_MAC_CTX_new(EVP_MAC_fetch(NULL, "HMAC", NULL));
        require(EVP_MAC_CTX_set_params(hmac, parameters));
        md5 = digest("MD5");
    }
    unsigned char seed[32], result[16], fresh[32];
    require(EVP_MAC_init(hmac, key, sizeof key, NULL) && EVP_MAC_update(hmac, message, sizeof message));
    require(EVP_MAC_final(hmac, seed, NULL, sizeof seed));
    keystream(seed, words, sizeof words);
    hash(md5, filter, sizeof filter, result);
    random_bytes(fresh, sizeof fresh);
    dither_keep(result);
    memcpy(report, words, 16);
    memcpy(report + 1, fresh, 16);
    dither_keep(report);
}

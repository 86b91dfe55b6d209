/*
 * Posts one body again and again on many connections, each with another identifier, and says how fast it was answered.
 * One thread; every connection waits for its answer before it sends again.
 *
 * usage: load PORT CONNECTIONS SECONDS BODY TYPE PATH
 *   BODY  a file; the 16 bytes at offset 8 of a batch, or 32 zeros in a row of a text, become the identifier
 * prints: requests per second, median and 99th percentile of the answer's delay in microseconds, answers that were not 2xx
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { MAX_ANSWER = 65536, MAX_SAMPLES = 1 << 22 };

struct connection {
    int descriptor;
    size_t sent, received;
    double start;
    char *request, *answer;
};

static char *body, *identifier, zeros[33] = "00000000000000000000000000000000";
static size_t request_count, identifier_offset;
static int is_text;
static unsigned long long next_identifier;
static float *samples;
static size_t sample_count;
static long failures;

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec * 1e-9;
}

static void die(const char *what) {
    perror(what);
    exit(1);
}

static void name_request(struct connection *connection) {
    char *place = connection->request + identifier_offset;
    unsigned long long high = ++next_identifier * 0x9E3779B97F4A7C15ULL;
    if (is_text) {
        char text[33];
        snprintf(text, sizeof text, "%016llx%016llx", high, next_identifier);
        memcpy(place, text, 32);
    } else {
        memcpy(place, &high, 8);
        memcpy(place + 8, &next_identifier, 8);
    }
}

static void start(struct connection *connection) {
    name_request(connection);
    connection->sent = connection->received = 0;
    connection->start = now();
    while (connection->sent < request_count) {
        ssize_t count = send(
            connection->descriptor, connection->request + connection->sent, request_count - connection->sent, MSG_NOSIGNAL);
        if (count < 0 && errno == EAGAIN) return; /* epoll says when it goes on */
        if (count <= 0) die("send");
        connection->sent += (size_t)count;
    }
}

/* Whether the whole answer is there. */
static int is_answered(struct connection *connection) {
    char *answer = connection->answer;
    answer[connection->received] = 0;
    char *end = strstr(answer, "\r\n\r\n");
    if (!end) return 0;
    char *length = strcasestr(answer, "content-length:");
    size_t count = length && length < end ? strtoul(length + 15, 0, 10) : 0;
    return connection->received >= (size_t)(end - answer) + 4 + count;
}

static int by_size(const void *one, const void *other) {
    float a = *(const float *)one, b = *(const float *)other;
    return (a > b) - (a < b);
}

int main(int count, char **words) {
    if (count != 7) return fprintf(stderr, "usage: load PORT CONNECTIONS SECONDS BODY TYPE PATH\n"), 2;
    int connections = atoi(words[2]);
    double seconds = atof(words[3]);
    FILE *file = fopen(words[4], "rb");
    if (!file) die(words[4]);
    body = calloc(1, 1 << 20);
    size_t body_count = fread(body, 1, (1 << 20) - 1, file);
    identifier = memmem(body, body_count, zeros, 32);
    is_text = identifier != 0;
    if (!is_text) identifier = body + 8;

    char *request = malloc(body_count + 1024);
    int head = sprintf(
        request, "POST %s HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: %s\r\nContent-Length: %zu\r\n\r\n", words[6], words[5],
        body_count);
    memcpy(request + head, body, body_count);
    request_count = (size_t)head + body_count;
    identifier_offset = (size_t)head + (size_t)(identifier - body);
    next_identifier = (unsigned long long)(now() * 1e6) << 20; /* another run, other identifiers */
    samples = malloc(MAX_SAMPLES * sizeof *samples);

    int poller = epoll_create1(0);
    struct connection *all = calloc((size_t)connections, sizeof *all);
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((unsigned short)atoi(words[1]))};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    for (int index = 0; index < connections; index++) {
        struct connection *connection = &all[index];
        connection->descriptor = socket(AF_INET, SOCK_STREAM, 0);
        if (connect(connection->descriptor, (void *)&address, sizeof address) != 0) die("connect");
        int yes = 1;
        setsockopt(connection->descriptor, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
        connection->request = malloc(request_count);
        memcpy(connection->request, request, request_count);
        connection->answer = malloc(MAX_ANSWER + 1);
        struct epoll_event event = {.events = EPOLLIN, .data.ptr = connection};
        epoll_ctl(poller, EPOLL_CTL_ADD, connection->descriptor, &event);
    }
    double begin = now(), end = begin + seconds;
    for (int index = 0; index < connections; index++) start(&all[index]);
    int open = connections;
    while (open > 0) {
        struct epoll_event events[256];
        int ready = epoll_wait(poller, events, 256, 10000);
        if (ready <= 0) return fprintf(stderr, "no answer for ten seconds\n"), 1;
        for (int index = 0; index < ready; index++) {
            struct connection *connection = events[index].data.ptr;
            ssize_t got = recv(
                connection->descriptor, connection->answer + connection->received, MAX_ANSWER - connection->received, 0);
            if (got <= 0) return fprintf(stderr, "a connection ended\n"), 1;
            connection->received += (size_t)got;
            if (!is_answered(connection)) continue;
            double time = now();
            if (connection->answer[9] != '2') failures++;
            if (sample_count < MAX_SAMPLES) samples[sample_count++] = (float)((time - connection->start) * 1e6);
            if (time < end) {
                start(connection);
            } else {
                epoll_ctl(poller, EPOLL_CTL_DEL, connection->descriptor, 0);
                open--;
            }
        }
    }
    double elapsed = now() - begin;
    qsort(samples, sample_count, sizeof *samples, by_size);
    printf("%.1f %.1f %.1f %ld %zu\n", (double)sample_count / elapsed, samples[sample_count / 2],
        samples[sample_count * 99 / 100], failures, sample_count);
    return 0;
}

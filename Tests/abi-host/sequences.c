/* Random calls from several threads, right and wrong ones, from a literal seed. Only the kind of each answer is checked
   here; that nothing is read, freed or raced that must not be is for the sanitizers to say. */
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "scenarios.h"

enum { THREADS = 4, PLACES = 12, LONGEST = 400 };

typedef struct {
    const scenario_input *input;
    uint64_t state;
    long calls;
} player;

static _Atomic dither_agent places[PLACES];
static atomic_int fork_lock;

static uint64_t next(player *player) {
    uint64_t mixed = player->state += 0x9E3779B97F4A7C15u;
    mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9u;
    mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EBu;
    return mixed ^ (mixed >> 31);
}

static int chance(player *player, unsigned once_in) { return next(player) % once_in == 0; }

/* An open handle, a closed one, or none that there ever was. */
static dither_agent handle(player *player, int *is_garbage) {
    *is_garbage = chance(player, 20);
    return *is_garbage ? next(player) | 1ull << 62 : places[next(player) % PLACES];
}

static const char *metric(player *player) {
    static const char *const names[] = {"departed_late", "carrier", "destination", "air_time", "any_delay", "word",
                                        "", "no_such_metric", "\xC3\x28", "departed_lat", "departed_late2"};
    static char endless[LONGEST + 1];
    unsigned choice = (unsigned)(next(player) % 13);
    if (choice == 11) return NULL;
    if (choice == 12) return memset(endless, 'x', LONGEST);
    return names[choice];
}

static void check_result(int result, int is_garbage) {
    CHECK(result >= DITHER_E_REENTRANT && result <= DITHER_WAITING && result != DITHER_E_REENTRANT);
    if (is_garbage) CHECK(result == DITHER_E_HANDLE || result == DITHER_E_FORKED);
    const char *text = dither_last_error();
    CHECK(text != NULL && strlen(text) < 512);
}

static int record(player *player, dither_agent agent) {
    static const char *const categories[] = {"AA", "B6", "DL", "UA", "QX", "", "\xFF\xFE"};
    char text[LONGEST];
    unsigned choice = (unsigned)(next(player) % 4);
    if (choice == 0) return dither_record_boolean(agent, metric(player), (int)next(player));
    if (choice == 1) {
        const char *name = categories[next(player) % 7];
        return dither_record_category(agent, metric(player), chance(player, 15) ? NULL : name);
    }
    if (choice == 2) {
        uint64_t bits = next(player);
        double number;
        memcpy(&number, &bits, sizeof number);
        return dither_record_number(agent, metric(player), number);
    }
    /* Mostly ASCII; sometimes bytes that are no text; sometimes a length that nobody has. */
    size_t length = (size_t)(next(player) % LONGEST);
    int is_text = !chance(player, 4);
    for (size_t index = 0; index < length; index++)
        text[index] = (char)(is_text ? 'a' + next(player) % 26 : next(player));
    if (chance(player, 10)) return dither_record_string(agent, metric(player), text, SIZE_MAX - length);
    return dither_record_string(agent, metric(player), chance(player, 15) ? NULL : text, length);
}

static int open_one(player *player, dither_agent *agent) {
    dither_options options = host_options(player->input);
    switch (next(player) % 12) {
    case 0: options.size = (size_t)next(player); break;
    case 1: options.size = sizeof(size_t) * (1 + next(player) % 12); break;
    case 2: options.metrics_path = NULL; break;
    case 3: options.metrics_path = "/nonexistent"; break;
    case 4: options.metrics_path = NULL, options.metrics = "DTMS garbage", options.metrics_size = 12; break;
    case 5: options.endpoint = "ftp://nowhere"; break;
    case 6: options.state_folder = "\xC3\x28"; break;
    default: break;
    }
    /* What lies behind a size that is larger than the structure is not ours to read. */
    if (options.size > sizeof options) options.size = options.size % 2 ? 0 : 100000;
    *agent = 0;
    return dither_open(chance(player, 20) ? NULL : &options, chance(player, 20) ? NULL : agent);
}

static void close_in_place(player *player, dither_agent replacement) {
    dither_agent old = atomic_exchange(&places[next(player) % PLACES], replacement);
    check_result(dither_close(old), 0);
}

static void fork_one(player *player);

static void play(player *player, int may_fork) {
    int is_garbage;
    dither_agent agent = handle(player, &is_garbage), opened;
    unsigned choice = (unsigned)(next(player) % 4000);
    dither_status_info status = DITHER_STATUS_INIT;
    if (choice < 8) {
        check_result(open_one(player, &opened), 0);
        if (opened) close_in_place(player, opened);
    } else if (choice < 12) check_result(dither_close(agent), is_garbage);
    else if (choice < 14) check_result(dither_set_consent(agent, chance(player, 6) ? (int)next(player) : 1), is_garbage);
    else if (choice < 15) check_result(dither_set_consent(agent, 0), is_garbage);
    else if (choice < 35) check_result(dither_flush(agent, (uint32_t)(next(player) % 3)), is_garbage);
    else if (choice < 37) check_result(dither_flush(agent, UINT32_MAX), is_garbage);
    else if (choice < 400) {
        if (chance(player, 8)) status.size = (size_t)next(player) % (sizeof status + 1);
        check_result(dither_status(agent, chance(player, 10) ? NULL : &status), is_garbage);
    } else if (choice == 400 && may_fork) fork_one(player);
    else check_result(record(player, agent), is_garbage);
}

/* A child finds nothing but its parent's handles, opens agents of its own, and leaves. */
static void fork_one(player *player) {
    if (atomic_exchange(&fork_lock, 1)) return;
    pid_t child = fork();
    CHECK(child >= 0);
    if (child == 0) {
        alarm(300);
        for (int index = 0; index < PLACES; index++) {
            int result = dither_record_boolean(places[index], "departed_late", 1);
            CHECK(result == DITHER_E_FORKED || (places[index] == 0 && result == DITHER_E_HANDLE));
        }
#ifndef CHILD_OPENS_NOTHING
        places[0] = 0;
        dither_options options = host_options(player->input);
        dither_agent own = 0;
        CHECK(dither_open(&options, &own) == DITHER_OK);
        places[0] = own;
        for (int call = 0; call < 200; call++) play(player, 0);
#endif
        _exit(0);
    }
    int status = 0;
    CHECK(waitpid(child, &status, 0) == child);
    CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    fork_lock = 0;
}

static void *play_all(void *context) {
    player *player = context;
    for (long call = 0; call < player->calls; call++) play(player, 1);
    return NULL;
}

int run_sequences(const scenario_input *input) {
    pthread_t threads[THREADS];
    player players[THREADS];
    for (int index = 0; index < PLACES / 2; index++) places[index] = open_agent(input);
    CHECK(dither_set_consent(places[0], 1) == DITHER_OK);
    for (int index = 0; index < THREADS; index++) {
        players[index] = (player){input, 20261121u + (uint64_t)index, input->count / THREADS};
        CHECK(pthread_create(&threads[index], NULL, play_all, &players[index]) == 0);
    }
    for (int index = 0; index < THREADS; index++) CHECK(pthread_join(threads[index], NULL) == 0);
    for (int index = 0; index < PLACES; index++) dither_close(places[index]);
    printf("%ld calls\n", input->count / THREADS * THREADS);
    return 0;
}

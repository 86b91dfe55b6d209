/*
 * dither.h: telemetry with local differential privacy, for any program on Linux.
 *
 *     dither_options options = DITHER_OPTIONS_INIT;
 *     options.metrics_path = "/usr/share/airline/metrics.set";
 *     options.endpoint     = "https://telemetry.example";
 *     options.state_folder = "/var/lib/airline/telemetry";
 *
 *     dither_agent agent;
 *     if (dither_open(&options, &agent) < 0) fprintf(stderr, "%s\n", dither_last_error());
 *     dither_record_boolean(agent, "departed_late", 1);
 *     dither_close(agent);
 *
 * A recorded value is randomized on this device before anything is written or sent, and the value itself is kept
 * nowhere. Nothing is recorded before consent is given by dither_set_consent or `dither-agent on`; the environment
 * variables DO_NOT_TRACK and DITHER_DISABLED and the file /etc/dither/opt-out turn telemetry off whatever was consented.
 *
 * Threads: every function may be called from any thread at any time, also while another thread closes the agent. Not
 * from a signal handler.
 *
 * Waiting: the dither_record_ functions, dither_status, dither_last_error and dither_version take a microsecond; they
 * wait for no disk, no network and no other thread's disk or network. dither_open and dither_close wait for the disk,
 * dither_set_consent too: the decision is durable when it returns. dither_flush waits as long as it is told to.
 *
 * Crashes: a recorded event waits in memory until the agent's own thread takes it over, which it does once a second
 * whether something was recorded or not. From then on a report of it is durable. A crash before that loses the
 * event and nothing else; call dither_flush where that matters. Programs that end should call dither_close. What a full
 * disk does not take waits in memory, as noise by then, until it is stored or its day is over.
 *
 * Processes: several processes may open one state folder; they take turns. After fork() every call on an agent of the
 * parent answers DITHER_E_FORKED in the child, which may open its own. A fork waits until the agents' threads are at rest,
 * which takes no longer than one commit to the disk, and never longer than a second.
 *
 * Results: 0 and above is success, below 0 an error that dither_last_error puts into words. No function traps, aborts,
 * throws or unwinds into its caller.
 */
#ifndef DITHER_H
#define DITHER_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define DITHER_VERSION_MAJOR 0
#define DITHER_VERSION_MINOR 1
#define DITHER_VERSION_PATCH 0

/* An open agent. Values are never used again, so that a closed one is told from every other; 0 is none. */
typedef uint64_t dither_agent;

/* What a function answers. Numbers are never changed or used again. */
enum {
    DITHER_OK = 0,
    DITHER_OFF = 1,                 /* telemetry is off: nothing was recorded or sent, and nothing is wrong */
    DITHER_WAITING = 2,             /* dither_flush: reports wait for their moment, or for a collector that is away */

    DITHER_E_ARGUMENT = -1,         /* a pointer is NULL, or an option cannot be used */
    DITHER_E_HANDLE = -2,           /* the agent was closed, or never opened */
    DITHER_E_FORKED = -3,           /* the agent belongs to the process that this one was forked from */
    DITHER_E_UNKNOWN_METRIC = -4,   /* the metric set has no metric of this name */
    DITHER_E_VALUE = -5,            /* the value is none of the metric's: its type, length, text or category */
    DITHER_E_METRIC_SET = -6,       /* the metric set is missing or damaged, or a metric changed without a new version */
    DITHER_E_ENDPOINT = -7,         /* the endpoint is no URL that reports may go to */
    DITHER_E_STATE = -8,            /* the state folder is damaged, incomplete, or open to others */
    DITHER_E_SYSTEM = -9,           /* the system refused a file, the disk, a thread or randomness */
    DITHER_E_TIMEOUT = -10,         /* the deadline came first; the agent's thread goes on with the work */
    DITHER_E_BUSY = -11,            /* another process held the state folder for too long, or too many agents are open */
    DITHER_E_REENTRANT = -12        /* called from within another call of this thread, such as from a signal handler */
};

/* How an agent is to work. Begin with DITHER_OPTIONS_INIT; texts are copied. */
typedef struct dither_options {
    size_t size;                /* sizeof(dither_options): tells which fields the caller knows */
    const char *metrics_path;   /* the compiled metric set, as a file ... */
    const void *metrics;        /* ... or in memory, if metrics_path is NULL */
    size_t metrics_size;        /* bytes at metrics */
    const char *endpoint;       /* the collector: https, or plain http on this machine */
    const char *state_folder;   /* a folder of this program alone; made on consent, with mode 0700 */
    const char *ca_file;        /* authorities to trust instead of the system's, PEM; NULL: the system's */
    const char *key_pin;        /* pins the collector's TLS key: sha256//BASE64, several with ';'; NULL: none */
    const char *registry_keys;  /* Ed25519 keys, 64 hexadecimal digits each, one space between: a metric set that
                                   one of them signed may be fetched from the collector and only reduces what is
                                   reported; NULL: nothing is fetched */
    const char *token_file;     /* the token of the whole fleet, for a collector that demands one; NULL: none */
} dither_options;

#define DITHER_OPTIONS_INIT { sizeof(dither_options), 0, 0, 0, 0, 0, 0, 0, 0, 0 }

/*
 * Opens an agent and starts its thread. Telemetry may be off: then nothing is made and nothing is sent, and consent
 * given later, here or by `dither-agent on`, takes effect within a second.
 * DITHER_OK; DITHER_E_ARGUMENT, _METRIC_SET, _ENDPOINT, _SYSTEM, _BUSY (at most 64 agents are open in a process).
 */
int dither_open(const dither_options *options, dither_agent *agent);

/*
 * Takes over what was recorded, ends the agent's thread and forgets the agent. An upload under way is broken off; its
 * batch goes out again later. DITHER_OK; DITHER_E_HANDLE, also if another thread has begun to close it; _FORKED; _STATE,
 * _SYSTEM, _BUSY: the agent is closed all the same.
 */
int dither_close(dither_agent agent);

/*
 * Record one event. Of a period's events of a metric one is reported, each as likely as the others (or, for a boolean
 * with `combine: any`, whether one was true). A number outside the metric's range counts as the nearer end of it.
 * Names and texts are compared byte by byte. Whether the metric still takes events (its lifetime, its expiry) is not
 * known here and no error; `dither-agent budget` tells.
 * DITHER_OK, DITHER_OFF; DITHER_E_HANDLE, _FORKED, _ARGUMENT, _UNKNOWN_METRIC, _VALUE, _SYSTEM (no randomness).
 */
int dither_record_boolean(dither_agent agent, const char *metric, int value);
int dither_record_category(dither_agent agent, const char *metric, const char *category);
/* `length` bytes of UTF-8, at most 254; they need not end with a zero byte. */
int dither_record_string(dither_agent agent, const char *metric, const char *text, size_t length);
int dither_record_number(dither_agent agent, const char *metric, double number);
/*
 * Both values of a pair, each as a shell writes it (`true` or `false`, a category's name, any text) in so many bytes of
 * UTF-8, at most 254; they need not end with a zero byte.
 */
int dither_record_pair(dither_agent agent, const char *metric, const char *first, size_t first_length,
                       const char *second, size_t second_length);

/*
 * Stores the user's decision, durably. 1 turns telemetry on, unless the environment or the machine's administrator
 * says no (then DITHER_OFF: stored, without effect for now). 0 turns it off and erases the secret, all reports that
 * wait and the journal of what was sent; what was spent stays spent, and what was sent stays sent.
 * DITHER_OK, DITHER_OFF; DITHER_E_HANDLE, _FORKED, _STATE, _SYSTEM, _BUSY, and _ARGUMENT for any other number: a decision
 * is not guessed. After an error with 0 nothing is recorded by this agent all the same.
 */
int dither_set_consent(dither_agent agent, int granted);

/*
 * Makes what was recorded durable, closes the days that are over, and sends what is due: at most one bundle a day, whose
 * moment the agent draws. Waits at most `deadline_milliseconds`; what is not done by then goes on. A boolean with
 * `combine: any` waits in memory for the end of its day or dither_close.
 * DITHER_OK: nothing more is due; DITHER_WAITING, DITHER_OFF; DITHER_E_TIMEOUT, _HANDLE, _FORKED, _STATE, _SYSTEM, _BUSY.
 */
int dither_flush(dither_agent agent, uint32_t deadline_milliseconds);

/* Who decides about telemetry at present. */
enum {
    DITHER_CONSENT_UNSET = 0,       /* nobody was asked: off */
    DITHER_CONSENT_GRANTED = 1,     /* on */
    DITHER_CONSENT_DECLINED = 2,    /* off */
    DITHER_CONSENT_UNREADABLE = 3,  /* off: the decision cannot be read */
    DITHER_CONSENT_ENVIRONMENT = 4, /* off by DO_NOT_TRACK or DITHER_DISABLED */
    DITHER_CONSENT_MACHINE = 5      /* off by /etc/dither/opt-out */
};

/* How an agent stands; counts since the state folder was made. Begin with DITHER_STATUS_INIT. */
typedef struct dither_status_info {
    size_t size;            /* sizeof(dither_status_info) */
    int32_t consent;        /* one of DITHER_CONSENT_ */
    int32_t last_result;    /* of the agent's thread: DITHER_OK, or the error that keeps it from its work */
    uint64_t recorded;      /* events that this agent took since it was opened */
    uint64_t waiting;       /* reports that wait for their batch or its acknowledgement */
    uint64_t acknowledged;  /* reports that a collector has */
    uint64_t rejected;      /* reports that a collector refused for good */
    uint64_t dropped;       /* reports that grew too old, or were more than the queue holds */
    int64_t next_upload;    /* the moment of the next upload, in seconds since 1970; 0: none is planned */
} dither_status_info;

#define DITHER_STATUS_INIT { sizeof(dither_status_info), 0, 0, 0, 0, 0, 0, 0, 0 }

/*
 * How the agent stood when its thread last looked, at most some seconds ago; `recorded` and `consent` as of now.
 * DITHER_OK; DITHER_E_HANDLE, _FORKED, _ARGUMENT.
 */
int dither_status(dither_agent agent, dither_status_info *status);

/*
 * The last error of a call of this thread, or of the agent's thread if dither_flush or dither_close reported it, in
 * words: what is wrong and what to do. Never NULL, "" before the first error; valid until the thread's next error. It
 * never holds a recorded value.
 */
const char *dither_last_error(void);

/* The version of the library, such as "0.1.0". */
const char *dither_version(void);

#ifdef __cplusplus
}
#endif

#endif

/*
 * Prints what programs compiled against dither.h have built in: sizes, offsets and numbers. Tests/Fixtures/abi holds
 * what they were when version 1 of the library was published, and scripts/check_abi.sh compares.
 */
#include <dither.h>

#include <stdio.h>

/* A function whose type changes does not compile here. */
int (*const open_type)(const dither_options *, dither_agent *) = dither_open;
int (*const close_type)(dither_agent) = dither_close;
int (*const record_boolean_type)(dither_agent, const char *, int) = dither_record_boolean;
int (*const record_category_type)(dither_agent, const char *, const char *) = dither_record_category;
int (*const record_string_type)(dither_agent, const char *, const char *, size_t) = dither_record_string;
int (*const record_number_type)(dither_agent, const char *, double) = dither_record_number;
int (*const record_pair_type)(dither_agent, const char *, const char *, size_t, const char *, size_t) =
    dither_record_pair;
int (*const set_consent_type)(dither_agent, int) = dither_set_consent;
int (*const flush_type)(dither_agent, uint32_t) = dither_flush;
int (*const status_type)(dither_agent, dither_status_info *) = dither_status;
const char *(*const last_error_type)(void) = dither_last_error;
const char *(*const version_type)(void) = dither_version;

#define NUMBER(name) printf(#name " %d\n", name)
#define SIZE(type) printf("sizeof " #type " %zu\n", sizeof(type))
#define FIELD(type, field) printf(#type "." #field " %zu %zu\n", offsetof(type, field), sizeof(((type *)0)->field))

int main(void)
{
    NUMBER(DITHER_OK);
    NUMBER(DITHER_OFF);
    NUMBER(DITHER_WAITING);
    NUMBER(DITHER_E_ARGUMENT);
    NUMBER(DITHER_E_HANDLE);
    NUMBER(DITHER_E_FORKED);
    NUMBER(DITHER_E_UNKNOWN_METRIC);
    NUMBER(DITHER_E_VALUE);
    NUMBER(DITHER_E_METRIC_SET);
    NUMBER(DITHER_E_ENDPOINT);
    NUMBER(DITHER_E_STATE);
    NUMBER(DITHER_E_SYSTEM);
    NUMBER(DITHER_E_TIMEOUT);
    NUMBER(DITHER_E_BUSY);
    NUMBER(DITHER_E_REENTRANT);
    NUMBER(DITHER_CONSENT_UNSET);
    NUMBER(DITHER_CONSENT_GRANTED);
    NUMBER(DITHER_CONSENT_DECLINED);
    NUMBER(DITHER_CONSENT_UNREADABLE);
    NUMBER(DITHER_CONSENT_ENVIRONMENT);
    NUMBER(DITHER_CONSENT_MACHINE);

    SIZE(dither_agent);
    SIZE(dither_options);
    FIELD(dither_options, size);
    FIELD(dither_options, metrics_path);
    FIELD(dither_options, metrics);
    FIELD(dither_options, metrics_size);
    FIELD(dither_options, endpoint);
    FIELD(dither_options, state_folder);
    FIELD(dither_options, ca_file);
    FIELD(dither_options, key_pin);
    FIELD(dither_options, registry_keys);
    FIELD(dither_options, token_file);
    SIZE(dither_status_info);
    FIELD(dither_status_info, size);
    FIELD(dither_status_info, consent);
    FIELD(dither_status_info, last_result);
    FIELD(dither_status_info, recorded);
    FIELD(dither_status_info, waiting);
    FIELD(dither_status_info, acknowledged);
    FIELD(dither_status_info, rejected);
    FIELD(dither_status_info, dropped);
    FIELD(dither_status_info, next_upload);
    return 0;
}

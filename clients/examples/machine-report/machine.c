#include "machine.h"

#include "text_file.h"

#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

const char *machine_kernel_release(const char *root, char *text, size_t size)
{
    if (!read_text(root, "/proc/sys/kernel/osrelease", text, size))
        return NULL;
    text[strcspn(text, "\n")] = '\0';
    return text[0] == '\0' ? NULL : text;
}

/* The declared name that equals `text`; what is not declared is "other". */
static const char *declared(const char *text, const char *const *names, size_t count)
{
    for (size_t index = 0; index < count; index++)
        if (strcmp(text, names[index]) == 0)
            return names[index];
    return "other";
}

const char *machine_distribution(const char *root)
{
    static const char *const names[] = {"alpine", "amzn", "arch", "centos", "debian", "fedora", "gentoo", "linuxmint",
                                        "nixos", "opensuse", "raspbian", "rhel", "rocky", "ubuntu"};
    char text[16384];
    char identity[64];
    if (!read_text(root, "/etc/os-release", text, sizeof text) && !read_text(root, "/usr/lib/os-release", text, sizeof text))
        return NULL;
    if (!find_assignment(text, "ID", identity, sizeof identity))
        strcpy(identity, "linux"); /* as os-release(5) has it */
    if (strncmp(identity, "opensuse-", 9) == 0)
        return "opensuse";
    return declared(identity, names, COUNT(names));
}

const char *machine_locale(const char *root)
{
    static const char *const names[] = {"ar", "cs", "da", "de", "el", "en", "es", "fi", "fr", "he", "hu", "it",
                                        "ja", "ko", "nb", "nl", "pl", "pt", "ru", "sv", "tr", "uk", "zh"};
    static const char *const files[] = {"/etc/locale.conf", "/etc/default/locale"};
    char text[4096];
    char locale[128] = "";
    for (size_t index = 0; index < COUNT(files) && locale[0] == '\0'; index++)
        if (read_text(root, files[index], text, sizeof text) && !find_assignment(text, "LC_ALL", locale, sizeof locale) &&
            !find_assignment(text, "LANG", locale, sizeof locale))
            locale[0] = '\0';
    /* The language stands before the territory, the encoding and the variant: de_AT.UTF-8@euro. */
    locale[strcspn(locale, "_.@")] = '\0';
    if (locale[0] == '\0' || strcmp(locale, "C") == 0 || strcmp(locale, "POSIX") == 0)
        return "C"; /* as setlocale(3) has it */
    return declared(locale, names, COUNT(names));
}

const char *machine_memory(const char *root)
{
    static const struct { unsigned long long gibibytes; const char *name; } sizes[] = {
        {2, "under 2"}, {4, "2 to 4"}, {8, "4 to 8"}, {16, "8 to 16"}, {32, "16 to 32"}, {64, "32 to 64"}};
    char text[16384];
    unsigned long long kibibytes;
    if (!read_text(root, "/proc/meminfo", text, sizeof text))
        return NULL;
    const char *total = strstr(text, "MemTotal:");
    if (total == NULL || !read_number(total + strlen("MemTotal:"), &kibibytes))
        return NULL;
    for (size_t index = 0; index < COUNT(sizes); index++)
        if (kibibytes < sizes[index].gibibytes << 20)
            return sizes[index].name;
    return "64 and more";
}

const char *machine_uptime(const char *root)
{
    static const struct { unsigned long long days; const char *name; } spans[] = {
        {1, "under 1 day"}, {7, "1 to 7 days"}, {30, "7 to 30 days"}, {90, "30 to 90 days"}};
    char text[256];
    unsigned long long seconds;
    if (!read_text(root, "/proc/uptime", text, sizeof text) || !read_number(text, &seconds))
        return NULL;
    for (size_t index = 0; index < COUNT(spans); index++)
        if (seconds < spans[index].days * 86400)
            return spans[index].name;
    return "90 days and more";
}

/*
 * What machine-report knows about a machine, each as an answer that metrics.yaml declares. `root` is the folder whose
 * etc and proc are read: "" for this machine. NULL means that the machine does not tell; then nothing is recorded, and
 * the day's report says so with the same noise as any other answer.
 */
#ifndef MACHINE_H
#define MACHINE_H

#include <stddef.h>

/* The kernel's release, such as 6.1.0-28-amd64, in `text`. */
const char *machine_kernel_release(const char *root, char *text, size_t size);

const char *machine_distribution(const char *root);
const char *machine_locale(const char *root);
const char *machine_memory(const char *root);
const char *machine_uptime(const char *root);

#endif

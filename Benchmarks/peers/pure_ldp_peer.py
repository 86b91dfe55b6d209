#!/usr/bin/env python3
"""pure-ldp on inputs made once: pure_ldp_peer.py OPERATION.

Prints `ready`. Then for every line on standard input, a number of units, does so many and prints the seconds of processor
time that one took.

    encode-sketch   Apple's count mean sketch, 1,024 rows of 1,024 bits, epsilon 4
    count-sketch    its reports, 1,024 different ones
    encode-rappor   RAPPOR with 128 bits, 2 hashes, 64 cohorts, f = 1/2, of which it has one round
    count-rappor    its reports, likewise
    estimate-sketch a value's frequency from such a sketch
"""

import os
import random
import sys
import time
import warnings

warnings.simplefilter("ignore")

from pure_ldp.frequency_oracles.apple_cms import CMSClient, CMSServer  # noqa: E402
from pure_ldp.frequency_oracles.rappor import RAPPORClient, RAPPORServer  # noqa: E402

DISTINCT_REPORTS = 1024


def sketch():
    server = CMSServer(4, 1024, 1024)
    return CMSClient(4, server.get_hash_funcs(), 1024), server


def rappor():
    server = RAPPORServer(0.5, 128, 2, 1000, num_of_cohorts=64)
    return RAPPORClient(0.5, 128, server.get_hash_funcs(), num_of_cohorts=64, index_mapper=lambda x: x), server


def encoding(client):
    return lambda unit: client.privatise("https://example.org")


def counting(client, server):
    reports = [client.privatise(f"value {index % 100}") for index in range(DISTINCT_REPORTS)]
    return lambda unit: server.aggregate(reports[unit % DISTINCT_REPORTS])


def estimating(client, server):
    for index in range(10_000):
        server.aggregate(client.privatise(f"value {index % 100}"))
    return lambda unit: server.estimate(f"value {unit}", suppress_warnings=True)


OPERATIONS = {
    "encode-sketch": lambda: encoding(sketch()[0]),
    "count-sketch": lambda: counting(*sketch()),
    "encode-rappor": lambda: encoding(rappor()[0]),
    "count-rappor": lambda: counting(*rappor()),
    "estimate-sketch": lambda: estimating(*sketch()),
}


def main():
    if len(sys.argv) != 2 or sys.argv[1] not in OPERATIONS:
        sys.exit(f"usage: pure_ldp_peer.py {'|'.join(OPERATIONS)}")
    random.seed(os.urandom(16))
    operation = OPERATIONS[sys.argv[1]]()
    print("ready", flush=True)
    for line in sys.stdin:
        units = int(line)
        start = time.process_time()
        for unit in range(units):
            operation(unit)
        print((time.process_time() - start) / units, flush=True)


if __name__ == "__main__":
    main()

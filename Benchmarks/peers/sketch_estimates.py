"""Estimates of pure-ldp's count-mean sketch of 1,024 rows and places at epsilon 4: see PeerProcess.swift."""

import sys
import time

from pure_ldp.frequency_oracles.apple_cms import CMSClient, CMSServer

server = CMSServer(4, 1024, 1024)
client = CMSClient(4, server.get_hash_funcs(), 1024)
for number in range(2_000):
    server.aggregate(client.privatise(number % 50))
print("ready", flush=True)
estimated = 0
for line in sys.stdin:
    units = int(line)
    start = time.process_time()
    for _ in range(units):
        server.estimate(estimated, suppress_warnings=True)
        estimated += 1
    print((time.process_time() - start) / units, flush=True)

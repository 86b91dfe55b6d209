"""Holds the Python binding to what it refuses: python3 binding.py SET STATE, with dither.py on PYTHONPATH.

With the library itself, and a collector that is never reached. Prints what is wrong, and exits 1 if anything is.
"""

import sys

import dither

# What a form, a file or a database gives for "no", and what Python takes for true or false all the same.
NO_DECISIONS = ["0", "off", "false", "", "1", b"0", None, 0.0, 1.0, 2, -1, [], [False], {}, object()]
UNSET, GRANTED, DECLINED = 0, 1, 2

failures = []


def expect(condition, what):
    if not condition:
        failures.append(what)


def refuses(call, *arguments):
    try:
        call(*arguments)
    except TypeError as error:
        return str(error).startswith("give True or False")
    return False


metrics, state = sys.argv[1:]
with dither.Agent(metrics, "http://127.0.0.1:9", state) as agent:
    for value in NO_DECISIONS:
        expect(refuses(agent.set_consent, value), f"set_consent({value!r}) is not refused")
        consent = agent.status().consent
        expect(consent == UNSET, f"after set_consent({value!r}) telemetry is {dither.CONSENT[consent]}")
    for granted, consent in [(True, GRANTED), (False, DECLINED), (1, GRANTED), (0, DECLINED), (True, GRANTED)]:
        expect(agent.set_consent(granted), f"set_consent({granted!r}) has no effect")
        expect(agent.status().consent == consent, f"set_consent({granted!r}) is not what is stored")
    for value in NO_DECISIONS:
        expect(refuses(agent.record_boolean, "finished", value), f"record_boolean({value!r}) is not refused")
    expect(agent.status().recorded == 0, "a value that was refused is recorded")
    for value in (True, False, 1, 0):
        expect(agent.record_boolean("finished", value), f"record_boolean({value!r}) is not taken")
    expect(agent.status().recorded == 4, f"{agent.status().recorded} events are recorded, not 4")

print(*failures, sep="\n", end="")
sys.exit(bool(failures))

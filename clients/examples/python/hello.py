"""One event of each type, from Python. dither.py lies beside this file and may be copied into any program.

    export DITHER_METRICS=metrics.set DITHER_ENDPOINT=https://telemetry.example DITHER_STATE_DIR=~/.local/state/hello
    dither-agent on        # once, after asking
    python3 hello.py
"""

import os
import sys

import dither

try:
    with dither.Agent(
        os.environ["DITHER_METRICS"], os.environ["DITHER_ENDPOINT"], os.environ["DITHER_STATE_DIR"]
    ) as agent:
        taken = agent.record_category("colour", "red")
        taken &= agent.record_string("greeting", "Grüß Gott")
        taken &= agent.record_number("seconds", 3.5)
        taken &= agent.record_boolean("finished", True)
        if not taken:
            print(f"hello: telemetry is {dither.CONSENT[agent.status().consent]}", file=sys.stderr)
except dither.Error as error:
    sys.exit(f"hello: {error}")

#!/usr/bin/env python3
"""Holds the dependency arrows of Package.swift: prints each one that points the wrong way, and exits 1 if any does.

Sources/ (the core) depends on nothing outside itself. clients/, collector/ and analysis/ depend on the core and never on
each other. The agent links no package, the collector no estimator. Tests/ may depend on anything, and nothing on Tests/.
"""

import json
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
AREAS = ("Sources", "clients", "collector", "analysis", "Tests")
# The command-line tool runs fleets against a collector, so that a metric can be tried out before it is deployed.
EXCEPTIONS = {("dither", "FleetSimulator")}
WITHOUT_PACKAGES = ("TelemetryAgent", "dither-agent")
NOT_IN_THE_COLLECTOR = "Estimation"
REQUIRED_FEATURES = {"ExistentialAny", "InternalImportsByDefault", "MemberImportVisibility"}
# The one that there may be, and in debug builds alone: docs/decisions/0028.
ALLOWED_FLAGS = {"_0": ["-O"]}


def manifest():
    # A scratch path of its own: the default one may be locked by a build that waits for this check.
    command = ["swift", "package", "--scratch-path", ".build-arrows", "dump-package"]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if run.returncode != 0:
        sys.exit(f"{' '.join(command)} failed:\n{run.stderr}")
    return json.loads(run.stdout)


def path_of(target):
    default_folder = "Tests" if target["type"] == "test" else "Sources"
    return target.get("path") or f"{default_folder}/{target['name']}"


def split_dependencies(target, names):
    """The names of the target's own-package dependencies, and of the products it takes from packages."""
    targets, products = [], []
    for dependency in target["dependencies"]:
        kind, (name, *_) = next(iter(dependency.items()))
        is_ours = kind == "target" or (kind == "byName" and name in names)
        (targets if is_ours else products).append(name)
    return targets, products


def settings_faults(target):
    kinds = [setting["kind"] for setting in target["settings"] if setting["tool"] == "swift"]
    if {"treatAllWarnings": {"_0": "error"}} not in kinds:
        yield "does not treat warnings as errors"
    features = {kind["enableUpcomingFeature"]["_0"] for kind in kinds if "enableUpcomingFeature" in kind}
    for feature in sorted(REQUIRED_FEATURES - features):
        yield f"does not enable {feature}"
    for setting in target["settings"]:
        flags = setting["kind"].get("unsafeFlags", ALLOWED_FLAGS)
        if flags != ALLOWED_FLAGS or ("unsafeFlags" in setting["kind"] and setting["condition"]["config"] != "debug"):
            yield f"sets the unsafe flags {flags}, or not for debug builds alone"


def closure(name, targets_of):
    seen, waiting = set(), [name]
    while waiting:
        current = waiting.pop()
        if current not in seen:
            seen.add(current)
            waiting.extend(targets_of[current])
    return seen


def faults(package):
    targets = {target["name"]: target for target in package["targets"]}
    area = {name: path_of(target).split("/")[0] for name, target in targets.items()}
    targets_of, products_of = {}, {}
    for name, target in targets.items():
        targets_of[name], products_of[name] = split_dependencies(target, targets)

    for name, target in targets.items():
        folder = ROOT / path_of(target)
        if area[name] not in AREAS:
            yield f"{name}: {path_of(target)} is in none of {', '.join(AREAS)}"
        if not folder.is_dir():
            yield f"{name}: {path_of(target)} does not exist"
        elif any(folder.rglob("*.swift")) and target["type"] != "plugin":  # which takes no settings
            yield from (f"{name}: {fault}" for fault in settings_faults(target))

        if area[name] == "Tests":
            continue
        if area[name] == "Sources":
            yield from (f"{name}: the core depends on the package product {product}" for product in products_of[name])
        for other in targets_of[name]:
            if area[other] not in ("Sources", area[name]) and (name, other) not in EXCEPTIONS:
                yield f"{name} ({area[name]}) depends on {other} ({area[other]})"

        reached = closure(name, targets_of)
        if name in WITHOUT_PACKAGES:
            for other in sorted(reached):
                yield from (f"{name} reaches the package product {p} through {other}" for p in products_of[other])
        if area[name] == "collector" and NOT_IN_THE_COLLECTOR in reached:
            yield f"{name} reaches {NOT_IN_THE_COLLECTOR}"

    for name in (*WITHOUT_PACKAGES, NOT_IN_THE_COLLECTOR, *(name for pair in EXCEPTIONS for name in pair)):
        if name not in targets:
            yield f"a rule names {name}, and there is no such target"


if __name__ == "__main__":
    sys.exit("\n".join(faults(manifest())) or 0)

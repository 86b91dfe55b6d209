#!/usr/bin/python3
"""Holds what commands write as JSON to the schemas in docs/schemas, by Debian's python3-jsonschema.

    check_json.py            every schema is one, and every recorded output with --format json fits its own
    check_json.py FILE...    these outputs fit
    check_json.py --list     the names of all schemas

Prints what does not fit, and exits 1 then.
"""

import json
import pathlib
import re
import sys

import jsonschema

ROOT = pathlib.Path(__file__).resolve().parent.parent
SCHEMAS = ROOT / "docs/schemas"
LINES = ROOT / "Tests/Fixtures/command-lines"
OUTPUTS = ROOT / "Tests/Fixtures/outputs"


def schemas():
    """By the name that outputs carry."""
    found = {}
    for path in sorted(SCHEMAS.glob("*.json")):
        schema = json.loads(path.read_text(encoding="utf-8"))
        jsonschema.Draft202012Validator.check_schema(schema)
        if schema["$schema"] != "https://json-schema.org/draft/2020-12/schema":
            raise SystemExit(f"{path.name}: is no schema of 2020-12")
        if schema["title"].split("/")[0] + ".json" != path.name:
            raise SystemExit(f"{path.name}: is about {schema['title']}")
        found[schema["title"]] = schema
    return found


def unique(pairs):
    names = [name for name, _ in pairs]
    if len(set(names)) < len(names):
        raise ValueError(f"a member is there twice: {names}")
    return dict(pairs)


def parsed(text):
    def refuse(constant):
        raise ValueError(f"{constant} is no JSON")

    return json.loads(text, object_pairs_hook=unique, parse_constant=refuse)


def problems(text, known):
    """What is wrong with one output."""
    try:
        document = parsed(text)
    except ValueError as error:
        return [str(error)]
    rows = document if isinstance(document, list) else [document]
    if isinstance(document, list) and not rows:
        return []  # No row, and so nothing that a schema could say.
    if not all(isinstance(row, dict) and row and next(iter(row)) == "schema" for row in rows):
        return ["the first member is not 'schema'"]
    names = {row["schema"] for row in rows}
    if len(names) != 1 or not names <= known.keys():
        return [f"its schema is none of docs/schemas: {sorted(map(str, names))}"]
    validator = jsonschema.Draft202012Validator(known[names.pop()])
    return [f"{error.json_path}: {error.message[:300]}" for error in validator.iter_errors(document)]


def recorded():
    """Recorded outputs, and those in recorded command lines that asked for JSON."""
    for path in sorted(OUTPUTS.glob("*.json")):
        yield path.name, path.read_text(encoding="utf-8")
    for path in sorted(LINES.glob("*.txt")):
        text = path.read_text(encoding="utf-8")
        output = text.split("-- stdout\n", 1)[1].split("-- stderr\n", 1)[0]
        if re.match(r"\$ dither(-collector|-agent)? .*--format json", text) and output:
            yield path.name, output


def main(arguments):
    known = schemas()
    if arguments == ["--list"]:
        print("\n".join(known))
        return 0
    outputs = [(name, pathlib.Path(name).read_text(encoding="utf-8")) for name in arguments] or list(recorded())
    if not outputs:
        print("no output was recorded")
        return 1
    found = [f"{name}: {problem}" for name, output in outputs for problem in problems(output, known)]
    print("\n".join(found), end="\n" if found else "")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

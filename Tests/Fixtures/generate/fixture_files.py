"""What every generator of fixtures shares: write the files, or with --check compare them with a fresh computation."""

import json
import pathlib
import sys

FIXTURES = pathlib.Path(__file__).resolve().parent.parent


def as_json(content):
    return (json.dumps(content, indent=1, ensure_ascii=True) + "\n").encode("ascii")


def as_lines(lines):
    return "".join(line + "\n" for line in lines).encode("ascii")


def main(files, owned_folders=()):
    """Writes `files`, a dictionary of relative path to bytes; folders owned hold nothing else."""
    if sys.argv[1:] not in ([], ["--check"]):
        sys.exit(f"usage: {pathlib.Path(sys.argv[0]).name} [--check]")
    strays = {
        path for folder in owned_folders for path in (FIXTURES / folder).glob("*")
    } - {FIXTURES / name for name in files}
    stale = [f"{path} is not made by this script" for path in sorted(strays)]
    for name, content in files.items():
        path = FIXTURES / name
        if sys.argv[1:]:
            if not path.is_file() or path.read_bytes() != content:
                stale.append(f"{path} differs from a fresh computation")
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
    sys.exit("\n".join(stale) or 0)

"""Draw planning problems in the official format: `python benchmarks/generate.py S --seed 1`.

The shapes follow practice: few subjects and languages are asked for by many, speakers know what
their institution does, associations keep to their language and their evenings, most talks take
place on weekday evenings, large cities have many of everything, and few people link the regions.
The same size, variant and seed give the same problem on every machine.
"""

from __future__ import annotations

import argparse
import gzip
import json
import sys
from pathlib import Path
from typing import Any

from drawing.problem import generate
from drawing.variants import SIZES, VARIANTS

READABLE_REQUESTS = 1_000
"""Up to so many requests the file is indented for the eye; beyond, size counts."""


def text_of(problem: dict[str, Any]) -> str:
    if len(problem["requests"]) <= READABLE_REQUESTS:
        return json.dumps(problem, indent=1) + "\n"
    return json.dumps(problem, separators=(",", ":")) + "\n"


def write(path: Path, problem: dict[str, Any]) -> None:
    """Write the problem, gzipped if the name says so."""
    data = text_of(problem).encode()
    path.write_bytes(gzip.compress(data, 6, mtime=0) if path.suffix == ".gz" else data)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("size", choices=SIZES)
    parser.add_argument("--variant", choices=VARIANTS, default="fresh")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=Path, help="a file to write; standard output if left out")
    options = parser.parse_args()
    problem = generate(options.size, options.variant, options.seed)
    if options.out:
        write(options.out, problem)
    else:
        sys.stdout.write(text_of(problem))


if __name__ == "__main__":
    main()

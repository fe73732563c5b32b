"""Documents in files: packed, damaged, oversized, half written."""

from __future__ import annotations

import gc
import gzip
import io
import json
import os
import stat
import sys
from pathlib import Path

import pytest

from matchmaker.scheduling.formats import (
    FormatError,
    load_problem,
    load_proposal,
    read_problem,
    read_proposal,
    write_problem,
    write_proposal,
)
from matchmaker.scheduling.formats.files import load_bytes, parse_json
from tests.scheduling.formats.documents import PROBLEM, PROPOSAL

TEXT = json.dumps(PROBLEM).encode()
PROPOSED = read_proposal(PROPOSAL)


class Stream:
    """Standard input or output with bytes below it."""

    def __init__(self, data: bytes = b"") -> None:
        self.buffer = io.BytesIO(data)


def fault(data: bytes) -> str:
    with pytest.raises(FormatError) as caught:
        parse_json(data)
    (only,) = caught.value.faults
    return str(only)


@pytest.mark.parametrize("data", [TEXT, b"\xef\xbb\xbf" + TEXT, gzip.compress(TEXT, mtime=0)])
def test_load_problem_reads_plain_marked_and_packed(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "problem").write_bytes(data)
    assert load_problem(tmp_path / "problem") == read_problem(PROBLEM)


@pytest.mark.parametrize("data", [TEXT, gzip.compress(TEXT, mtime=0)])
def test_load_problem_reads_standard_input(monkeypatch: pytest.MonkeyPatch, data: bytes) -> None:
    monkeypatch.setattr(sys, "stdin", Stream(data))
    assert load_problem("-") == read_problem(PROBLEM)


def test_parse_json_faults_are_one_clear_line() -> None:
    assert fault(b"") == (
        "$: it is no JSON (Expecting value, line 1, column 1); expected a JSON text"
    )
    assert fault(b'{"a": 1,}').startswith("$: it is no JSON (")
    assert fault(b"\xff\xfe{\x00}\x00") == "$: byte 0 is not UTF-8; expected a JSON text in UTF-8"
    assert fault(b"[" * 200_000) == "$: it is nested too deeply; expected a few levels"
    assert fault(b'{"a":' * 200_000) == "$: it is nested too deeply; expected a few levels"
    assert fault(b"9" * 5000) == (
        "$: a number has too many digits; expected numbers of a few digits"
    )


@pytest.mark.parametrize(
    "data",
    [
        gzip.compress(TEXT, mtime=0)[:-1],
        gzip.compress(TEXT, mtime=0)[:100],
        gzip.compress(TEXT, mtime=0)[:-8] + b"12345678",
        b"\x1f\x8b",
        b"\x1f\x8bnonsense and more of it",
        gzip.compress(TEXT, mtime=0) + b"rest",
    ],
)
def test_load_bytes_damaged_gzip_is_a_fault(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "p.json.gz").write_bytes(data)
    with pytest.raises(FormatError, match="gzip"):
        load_bytes(tmp_path / "p.json.gz")


@pytest.mark.parametrize("data", [b" " * 1001, gzip.compress(b" " * 10**7, mtime=0)])
def test_load_bytes_oversized_document_is_a_fault(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "p.json").write_bytes(data)
    with pytest.raises(FormatError, match="too large"):
        load_bytes(tmp_path / "p.json", largest=1000)


def test_load_bytes_missing_file_is_an_os_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        load_bytes(tmp_path / "nothing.json")


@pytest.mark.parametrize("name", ["proposal.json", "proposal.json.gz"])
def test_write_proposal_repeats_its_bytes(tmp_path: Path, name: str) -> None:
    write_proposal(tmp_path / name, PROPOSED)
    first = (tmp_path / name).read_bytes()
    write_proposal(tmp_path / name, PROPOSED)
    assert (tmp_path / name).read_bytes() == first
    assert first.startswith(b"\x1f\x8b") == name.endswith(".gz")
    assert load_proposal(tmp_path / name) == PROPOSED
    assert [path.name for path in tmp_path.iterdir()] == [name]


def test_write_problem_can_be_loaded_again(tmp_path: Path) -> None:
    write_problem(tmp_path / "p.json.gz", read_problem(PROBLEM))
    assert load_problem(tmp_path / "p.json.gz") == read_problem(PROBLEM)


def test_write_proposal_has_a_line_for_every_assignment(tmp_path: Path) -> None:
    write_proposal(tmp_path / "p.json", PROPOSED)
    lines = (tmp_path / "p.json").read_text("utf-8").splitlines()
    assert json.loads(lines[4]) == PROPOSAL["assignments"][0]


def test_write_proposal_to_standard_output(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = Stream()
    monkeypatch.setattr(sys, "stdout", stream)
    write_proposal("-", PROPOSED)
    assert read_proposal(stream.buffer.getvalue()) == PROPOSED


def test_write_proposal_that_fails_leaves_the_old_file(tmp_path: Path) -> None:
    target = tmp_path / "p.json"
    target.write_text("old")
    part = tmp_path / f".p.json.{os.getpid()}.part"
    part.mkdir()
    (part / "in-the-way").touch()
    with pytest.raises(OSError, match="directory"):
        write_proposal(target, PROPOSED)
    assert target.read_text() == "old"


def test_write_proposal_keeps_permissions_and_links(tmp_path: Path) -> None:
    target, link = tmp_path / "p.json", tmp_path / "link.json"
    target.write_text("old")
    target.chmod(0o640)
    link.symlink_to(target)
    write_proposal(link, PROPOSED)
    assert link.is_symlink()
    assert stat.S_IMODE(target.stat().st_mode) == 0o640
    assert load_proposal(target) == PROPOSED


def test_write_proposal_to_a_device_does_not_replace_it() -> None:
    write_proposal(os.devnull, PROPOSED)
    assert stat.S_ISCHR(Path(os.devnull).stat().st_mode)


def test_write_proposal_through_a_pipe(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe.json"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    try:
        write_proposal(pipe, PROPOSED)
        assert read_proposal(os.read(reader, 100_000)) == PROPOSED
    finally:
        os.close(reader)
    assert pipe.is_fifo()


def test_read_problem_leaves_garbage_collection_as_it_was() -> None:
    assert gc.isenabled()
    read_problem(PROBLEM)
    assert gc.isenabled()
    with pytest.raises(FormatError):
        read_problem({})
    assert gc.isenabled()

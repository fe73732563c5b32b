"""Options that several commands on planning files have in common."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import click

from matchmaker.scheduling.formats import STREAM

Command = Callable[..., Any]
Option = Callable[[Command], Command]


def _seconds(_ctx: click.Context, _option: click.Parameter, value: float) -> float:
    if not (math.isfinite(value) and value >= 0):
        raise click.BadParameter("expected a number of seconds from 0")
    return value


def time_limit_option(help_text: str) -> Option:
    return click.option(
        "--time-limit",
        type=float,
        default=60,
        callback=_seconds,
        show_default=True,
        metavar="SECONDS",
        help=help_text,
    )


def threads_option() -> Option:
    return click.option(
        "--threads",
        type=click.IntRange(1, 1024),
        metavar="N",
        help="How many cores to use.  [default: all]",
    )


def most_option(default: int, help_text: str) -> Option:
    return click.option(
        "--most",
        type=click.IntRange(1, 1000),
        default=default,
        show_default=True,
        metavar="N",
        help=help_text,
    )


def out_option(metavar: str, help_text: str) -> Option:
    return click.option(
        "--out",
        default=STREAM,
        metavar=metavar,
        help=f"{help_text}  [default: standard output]",
    )

"""`list`: what there is, for people and for scripts."""

from __future__ import annotations

import json
from typing import Any

import click

from matchmaker.cli.house import HouseCommand, opened
from matchmaker.services.house import listing

WIDEST = 40


@click.command("list", cls=HouseCommand)
@click.argument("kind", type=click.Choice(list(listing.KINDS)))
@click.option("--json", "as_json", is_flag=True, help="One JSON array with every field.")
def list_rows(kind: str, as_json: bool) -> None:
    """Print every row of KIND.

    Times are in ISO format with the offset of the service's time zone.
    """
    with opened() as house, house.factory() as session:
        rows = listing.rows(session, house.desk(), kind)
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False, indent=2))
    elif not rows:
        click.echo(f"No {kind}.", err=True)
    else:
        click.echo("\n".join(_table(rows)))


def _table(rows: list[dict[str, Any]]) -> list[str]:
    """Columns side by side; long texts are cut, empty columns left out."""
    names = [name for name in rows[0] if any(row[name] not in (None, "", []) for row in rows)]
    cells = [[_shown(row[name]) for name in names] for row in rows]
    widths = [max(len(line[i]) for line in [names, *cells]) for i in range(len(names))]
    return [
        "  ".join(text.ljust(width) for text, width in zip(line, widths, strict=True)).rstrip()
        for line in [names, *cells]
    ]


def _shown(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        text = ", ".join(map(_shown, value))
    else:
        text = "" if value is None else str(value)
    text = " ".join(text.split())
    return text if len(text) <= WIDEST else text[: WIDEST - 1] + "…"

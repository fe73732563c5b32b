"""`demo`, `serve`, `worker`: the processes that stay."""

from __future__ import annotations

import logging
from functools import partial
from pathlib import Path

import click

from matchmaker.cli.house import HouseCommand, opened

PORT = click.IntRange(0, 65535)


@click.command(cls=HouseCommand)
@click.option("--port", type=PORT, default=8000, show_default=True, help="0 takes a free one.")
@click.option(
    "--instance",
    type=click.Path(file_okay=False, path_type=Path),
    envvar="MATCHMAKER_INSTANCE",
    help="Keep the demo's data in this folder; without it a temporary one is used and removed.",
)
def demo(port: int, instance: Path | None) -> None:
    """Show everything with invented data, in one process, on this machine only.

    Loads the demo quarter, opens pages on 127.0.0.1, lets you sign in as every role with one click
    and keeps every mail for reading at /demo/post. Nothing is sent anywhere.
    """
    from matchmaker.demo.server import run_demo  # noqa: PLC0415  # loads the whole web side

    _log()
    run_demo(instance, port, click.echo)


@click.command(cls=HouseCommand)
@click.option("--host", default="127.0.0.1", show_default=True, help="0.0.0.0 for all addresses.")
@click.option("--port", type=PORT, default=8000, show_default=True, help="0 takes a free one.")
def serve(host: str, port: int) -> None:
    """Serve the pages with waitress.

    Needs a migrated database, and a separate `matchmaker worker` for planning and mail. For more
    than one process use gunicorn with "matchmaker.web.wsgi:app"; docs/operating.md shows how.
    """
    from matchmaker.web.app import create_app  # noqa: PLC0415  # loads the whole web side
    from matchmaker.web.listening import open_socket  # noqa: PLC0415
    from matchmaker.web.listening import serve as listen  # noqa: PLC0415

    _log()
    with opened() as house:
        settings = house.settings
    listening = open_socket(host, port)
    app = create_app(settings)
    said = f"Serving on http://{host}:{listening.getsockname()[1]}/ as {settings.base_url}/"
    listen(app, listening, partial(click.echo, said))


@click.command(cls=HouseCommand)
def worker() -> None:
    """Run what the pages have asked for: planning, sending mail, regular jobs.

    Stop it with Ctrl-C or SIGTERM; what is running is finished or taken up again later.
    """
    from matchmaker.jobs.worker import run_worker  # noqa: PLC0415  # loads the queue

    _log()
    with opened() as house:
        settings = house.settings
    click.echo("The worker is running.")
    run_worker(settings)


def _log() -> None:
    logging.basicConfig(
        level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s: %(message)s"
    )

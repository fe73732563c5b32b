"""The command `matchmaker`: a command's module is imported only when the command is used."""

from __future__ import annotations

from importlib import import_module

import click

from matchmaker import __version__

COMMANDS = {
    "alternatives": "matchmaker.cli.explaining:alternatives",
    "calendar": "matchmaker.cli.calendar:calendar",
    "check": "matchmaker.cli.planning:check",
    "compare": "matchmaker.cli.comparing:compare",
    "demo": "matchmaker.cli.serving:demo",
    "doctor": "matchmaker.cli.doctor:doctor",
    "explain": "matchmaker.cli.explaining:explain",
    "list": "matchmaker.cli.listing:list_rows",
    "load-demo": "matchmaker.cli.upkeep:load_demo",
    "login-link": "matchmaker.cli.accounts:login_link",
    "mail": "matchmaker.cli.mailing:mail",
    "migrate": "matchmaker.cli.upkeep:migrate",
    "repair": "matchmaker.cli.repairing:repair",
    "round": "matchmaker.cli.rounds:planning_round",
    "serve": "matchmaker.cli.serving:serve",
    "solve": "matchmaker.cli.planning:solve",
    "unlock": "matchmaker.cli.unlocking:unlock",
    "user": "matchmaker.cli.accounts:user",
    "worker": "matchmaker.cli.serving:worker",
}


class LazyGroup(click.Group):
    """Imports a command's module on first use, so that `solve` never waits for the web."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted({*super().list_commands(ctx), *COMMANDS})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return super().get_command(ctx, cmd_name)
        module, _, attribute = COMMANDS[cmd_name].partition(":")
        command = getattr(import_module(module), attribute)
        if not isinstance(command, click.Command):
            raise TypeError(f"{COMMANDS[cmd_name]} is no command")
        return command


@click.group(cls=LazyGroup)
@click.version_option(__version__, prog_name="matchmaker")
def main() -> None:
    """Plan Arbeitsmarktgespräche: who visits which association, when, in which language."""

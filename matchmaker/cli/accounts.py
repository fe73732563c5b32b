"""`user add`, `user reset-factor` and `login-link`: who may sign in."""

from __future__ import annotations

import click

from matchmaker.cli.house import HouseCommand, HouseGroup, opened
from matchmaker.models.states import Role
from matchmaker.services.errors import NotFound
from matchmaker.services.people import contacts, login, second_factor


@click.group(cls=HouseGroup)
def user() -> None:
    """People who can sign in."""


@user.command("add")
@click.argument("email")
@click.option(
    "--role",
    "roles",
    required=True,
    multiple=True,
    type=click.Choice([role.value for role in Role]),
    help="What the person may do; give it several times for several roles.",
)
@click.option("--name", required=True, help="How the person is called.")
@click.option("--locale", default="de", show_default=True, help="The language of mails and pages.")
def add_user(email: str, roles: tuple[str, ...], name: str, locale: str) -> None:
    """Add a person, or give a known one more roles.

    EMAIL is the address to which links for signing in are sent.
    """
    wanted = frozenset(Role(role) for role in roles)
    with opened() as house, house.factory.begin() as session:
        desk, kept = house.desk(), ""
        known = contacts.person_by_email(session, email)
        if known is None:
            person = contacts.add_person(
                session,
                desk,
                contacts.PersonFacts(name=name, email=email, locale=locale, roles=wanted),
                may_grant=contacts.EVERYBODY,
            )
            said = "added"
        else:
            person = contacts.add_roles(session, desk, known, wanted)
            said = "already there; roles are now"
            if person.name != name.strip():
                kept = f"The name stays {person.name}; change it in Contacts."
    # Only now it is true: a full disk is met by the commit.
    click.echo(f"{person.code} {person.email} {said} {', '.join(sorted(person.roles))}")
    if kept:
        click.echo(kept, err=True)


@user.command("reset-factor")
@click.argument("email")
def reset_factor(email: str) -> None:
    """Take EMAIL's second factor away, for a lost phone without recovery codes.

    Signs the person out everywhere; they can sign in by mail and set up a new one.
    """
    with opened() as house, house.factory.begin() as session:
        person = contacts.person_by_email(session, email)
        if person is None:
            raise NotFound(contacts.NO_SUCH_PERSON)
        second_factor.reset(session, house.desk(), person)
    click.echo(f"{person.code} {person.email} has no second factor any more")


@click.command("login-link", cls=HouseCommand)
@click.argument("email")
def login_link(email: str) -> None:
    """Print a link with which EMAIL can sign in once, within 30 minutes, in any browser."""
    with opened() as house, house.factory.begin() as session:
        address = login.operator_link(session, house.desk(), email)
    click.echo(address)

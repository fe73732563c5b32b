"""The first page: the next talk, what waits for an answer, whether the times are still true."""

from __future__ import annotations

from flask import render_template

from matchmaker.services.inviting.own_talks import own_talks
from matchmaker.services.people import availability
from matchmaker.services.sources.sources import sources_of
from matchmaker.web.access import for_roles
from matchmaker.web.context import desk, signed_in
from matchmaker.web.db import db
from matchmaker.web.speaker import calendar_words
from matchmaker.web.speaker.room import PLANNED, blueprint
from matchmaker.web.talk_view import talk_view


@blueprint.get("/")
@for_roles(*PLANNED)
def home() -> str:
    person = signed_in()
    mine = own_talks(db.session(), desk(), person)
    standing = mine.standing
    profile = person.profile
    return render_template(
        "speaker/home.html",
        to_answer=[talk_view(row) for row in mine.to_answer],
        next_talk=talk_view(standing[0]) if standing else None,
        others=max(0, len(standing) - 1),
        profile=profile,
        no_times=profile is not None and availability.read(profile).is_empty,
        failing=[row for row in sources_of(db.session(), profile) if row.failure]
        if profile
        else [],
        calendar_words=calendar_words,
        times_due=profile is not None and availability.is_due(profile, desk().now),
    )

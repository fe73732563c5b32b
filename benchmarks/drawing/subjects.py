"""What is asked for and in which languages; who asks for much asks for the same few things."""

from __future__ import annotations

from random import Random

from drawing.chance import happens, several, skewed

INSTITUTIONS = ("ANE", "ARB", "AUS", "SPR", "REC", "GRU", "KIN", "DIG")
"""Who sends speakers: each institution has four topics of its own."""
TOPICS = tuple(
    f"{institution}-{number:02}" for number in range(1, 5) for institution in INSTITUTIONS
)
"""The first topic of every institution is what most people ask for."""
LANGUAGES = ("ar", "tr", "ru", "uk", "fa", "fr", "kmr", "en", "es", "pl", "vi", "ti")


def languages_of_region(region: int) -> tuple[str, ...]:
    """The languages by how much they are spoken; not all regions have the same first ones."""
    turn = region % 4
    return LANGUAGES[turn:6] + LANGUAGES[:turn] + LANGUAGES[6:]


def topics_of(institution: str) -> list[str]:
    return [topic for topic in TOPICS if topic.startswith(institution)]


def own_topics(random: Random, *, plain: bool) -> dict[str, int]:
    """What a speaker covers: most of it belongs to the institution that sends them."""
    institution = skewed(random, INSTITUTIONS)
    own = several(random, topics_of(institution), random.choice((1, 2, 3, 3)))
    others = several(random, TOPICS, random.choice((0, 0, 1, 1, 2)))
    if plain:
        return dict.fromkeys((*own, *others), 2)
    return dict.fromkeys(others, 1) | {topic: random.choice((2, 2, 3)) for topic in own}


def wanted_topics(random: Random, institutions: float) -> list[str]:
    """One to three topics; with that share of chance each of another institution."""
    count = random.choice((1, 1, 2, 2, 3))
    if happens(random, institutions):
        chosen = several(random, INSTITUTIONS, max(count, 2))
        return [skewed(random, topics_of(institution)) for institution in chosen]
    return several(random, topics_of(skewed(random, INSTITUTIONS)), count)

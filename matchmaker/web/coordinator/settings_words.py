"""The planning's settings in words."""

from __future__ import annotations

from matchmaker.web.texts import _


def rule_groups() -> list[tuple[str, str, tuple[str, ...]]]:
    """Title, explanation and fields of each group on the page."""
    return [
        (
            _("Days to keep free"),
            _(
                "Points make a day less attractive. A request that is met is worth 1000 points; "
                "with 0 points a day is like any other."
            ),
            ("school_holiday_points", "bridge_day_points", "holiday_eve_points"),
        ),
        (
            _("Travel time"),
            _("How many minutes people need between two talks on the same day."),
            (
                "same_district_minutes",
                "neighbour_minutes",
                "far_minutes",
                "default_minutes",
                "online_gap_minutes",
            ),
        ),
        (
            _("Times and fairness"),
            "",
            ("start_grid_minutes", "fairness_months"),
        ),
    ]


def rule_names() -> dict[str, tuple[str, str]]:
    """Label and unit of each setting."""
    return {
        "school_holiday_points": (_("School holidays"), _("points")),
        "bridge_day_points": (_("Days between a holiday and the weekend"), _("points")),
        "holiday_eve_points": (_("The day before a holiday"), _("points")),
        "same_district_minutes": (_("Within a district"), _("minutes")),
        "neighbour_minutes": (_("To a neighbouring district"), _("minutes")),
        "far_minutes": (_("To any other district"), _("minutes")),
        "default_minutes": (_("Where the district is not known"), _("minutes")),
        "online_gap_minutes": (_("Before and after a talk online"), _("minutes")),
        "start_grid_minutes": (_("Talks start every"), _("minutes")),
        "fairness_months": (_("Earlier talks count for"), _("months")),
    }


def rule_hints() -> dict[str, str]:
    return {
        "start_grid_minutes": _("With 30 a talk can start at 18:00 or 18:30. From 5 to 120."),
        "fairness_months": _("Associations that had few talks lately come first. From 0 to 60."),
        "school_holiday_points": _("From 0 to 1000."),
    }


def states() -> dict[str, str]:
    """The German states by ISO 3166-2:DE; their names are the same in English or well known."""
    return {
        "BB": "Brandenburg",
        "BE": "Berlin",
        "BW": "Baden-Württemberg",
        "BY": _("Bavaria"),
        "HB": "Bremen",
        "HE": _("Hesse"),
        "HH": "Hamburg",
        "MV": _("Mecklenburg-Western Pomerania"),
        "NI": _("Lower Saxony"),
        "NW": _("North Rhine-Westphalia"),
        "RP": _("Rhineland-Palatinate"),
        "SH": "Schleswig-Holstein",
        "SL": "Saarland",
        "SN": _("Saxony"),
        "ST": _("Saxony-Anhalt"),
        "TH": _("Thuringia"),
    }

"""For gunicorn: `gunicorn matchmaker.web.wsgi:app`, set up by the environment."""

import sys

from matchmaker.config import Settings, SettingsError
from matchmaker.web.app import create_app

GIVE_UP = 3
"""gunicorn's own status for "cannot start": with any other it would try again for ever."""

try:
    app = create_app(Settings.from_environment())
except SettingsError as error:
    sys.stderr.write(f"Error: {error}\n")
    raise SystemExit(GIVE_UP) from None

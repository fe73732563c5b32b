"""For gunicorn: `gunicorn matchmaker.web.wsgi:app`, set up by the environment."""

from matchmaker.config import Settings
from matchmaker.web.app import create_app

app = create_app(Settings.from_environment())

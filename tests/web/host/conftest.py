"""The form's pages over a database that offers topics, languages and districts."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy.orm import Session, sessionmaker

from matchmaker.services.house.reference import load_reference
from tests.support.pages import Browser


@pytest.fixture
def host_browse(app: Flask, factory: sessionmaker[Session]) -> Browser:
    with factory.begin() as session:
        load_reference(session)
    return Browser(app.test_client())

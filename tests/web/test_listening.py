"""The port is ours, or somebody is told so, before anything else is done."""

from __future__ import annotations

import pytest

from matchmaker.services.errors import NotPossible
from matchmaker.web.listening import open_socket


def test_port_that_another_process_is_about_to_use_is_taken_at_once() -> None:
    with open_socket("127.0.0.1", 0) as first:
        port = first.getsockname()[1]
        with pytest.raises(NotPossible) as refused:
            open_socket("127.0.0.1", port).close()

    assert str(refused.value) == (
        f"Port {port} on 127.0.0.1 is taken. Choose another one with --port."
    )

"""All visitors lose their connection and come back at once: each gets her own place."""

from benchmarks.load_storm import storm
from scripts.app_server import LiveApp
from tests.support.event_loop import run

KEPT = 128  # disconnected sessions that Streamlit keeps
VISITORS = KEPT + 6


def test_all_get_their_own_place_back(server: LiveApp) -> None:
    """Those beyond the sessions that are kept get it from the address."""
    found = run(storm(server.address, server.pid, VISITORS, "unroll", away=0.5))
    assert found["errors"] == []
    assert found["wrong"] == []
    assert found["resumed"] == KEPT

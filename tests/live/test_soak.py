"""Kills while a real Odoo is read; `make soak` has more of them."""

import pytest

from tests import soak

pytestmark = pytest.mark.live


def test_a_refresh_killed_at_any_moment_loses_and_doubles_nothing(odoo, tmp_path):
    plant = soak.real_odoo(tmp_path)
    summary = soak.kills([plant], rounds=6, seed=5)
    assert "CURRENT whole after 6 of 6" in summary

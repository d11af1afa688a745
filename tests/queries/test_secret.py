"""Secrets of a warehouse folder."""

from __future__ import annotations

from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from functools import partial

import pytest

from queries import secret


def test_a_warehouse_keeps_one_secret_of_each_kind_that_only_its_owner_reads(tmp_path):
    salt, key = secret.of(tmp_path, secret.SALT), secret.of(tmp_path, secret.PSEUDONYMS)
    assert secret.of(tmp_path, secret.SALT) == salt and len(salt) == secret.BYTES
    assert salt != key == secret.of(tmp_path, secret.PSEUDONYMS)
    assert {path.stat().st_mode & 0o777 for path in tmp_path.iterdir()} == {0o600}
    assert {path.name for path in tmp_path.iterdir()} == {"salt", "pseudonym.key"}
    (tmp_path / "other").mkdir()
    assert secret.of(tmp_path / "other", secret.SALT) != salt


@pytest.mark.parametrize("pool", [partial(ThreadPoolExecutor, 16), partial(ProcessPoolExecutor, 4)])
def test_who_asks_at_once_gets_the_same(tmp_path, pool):
    for name in ("a", "b", "c"):
        with pool() as together:
            found = set(together.map(secret.of, [tmp_path] * 64, [name] * 64))
        assert found == {secret.of(tmp_path, name)}


def test_where_none_can_be_made_it_says_what_to_do(tmp_path):
    with pytest.raises(secret.SecretMissing, match=r"salt cannot be read or made .*: let who owns the folder run"):
        secret.of(tmp_path / "nowhere", secret.SALT)

"""What an operator is told of an address that is not encrypted."""

from __future__ import annotations

from queries.access import travels_in_the_open


def warning(url: str, secret: str) -> str | None:
    """The sentence about a system at `url` to which `secret` ("API key") is sent; None where nobody listens in."""
    if not travels_in_the_open(url):
        return None
    return (
        f"The {secret} and all that is read go unencrypted over the network to {url}: use an https:// address, unless "
        "all of that network is your own."
    )

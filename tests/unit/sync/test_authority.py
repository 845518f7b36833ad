"""The authority behind a code: one certificate, hashed and trusted as the very same bytes, and codes of two lengths."""

import ssl
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pos_app.domain.errors import Refusal
from sync.hq.certifying import certify, own_authority
from sync.protocol.authority import fingerprint, split_code, trusting


@pytest.fixture
def two(tmp_path: Path) -> tuple[str, str]:
    made = []
    for name in ("ours", "stranger"):
        (tmp_path / name).mkdir()
        certify(tmp_path / name, ["hq.test"], days=30, now=datetime.now(UTC))
        made.append(own_authority(tmp_path / name))
    return made[0], made[1]


def test_a_strangers_authority_cannot_come_behind_ours(two: tuple[str, str]) -> None:
    ours, stranger = two
    fingerprint(ours)

    for text in (ours + stranger, stranger + ours, ours + "\n" + stranger.removesuffix("\n"), "words\n" + ours):
        with pytest.raises(Refusal, match="authority_unreadable"):
            fingerprint(text)
        with pytest.raises(Refusal, match="authority_unreadable"):
            trusting(text)


def test_what_is_hidden_behind_the_padding_is_refused(two: tuple[str, str]) -> None:
    ours, stranger = two
    inside = "".join(stranger.splitlines()[1:-1])

    with pytest.raises(Refusal, match="authority_unreadable"):
        fingerprint(ours.replace(ssl.PEM_FOOTER, f"={inside}\n{ssl.PEM_FOOTER}"))


def test_one_authority_alone_is_trusted(two: tuple[str, str]) -> None:
    ours, stranger = two

    assert len(trusting(ours).get_ca_certs()) == 1
    assert fingerprint(ours) != fingerprint(stranger)


@pytest.mark.parametrize("letters", [0, 11, 13, 27, 29])
def test_a_code_that_lacks_letters_goes_nowhere(letters: int) -> None:
    with pytest.raises(Refusal, match="enrol_code_unknown"):
        split_code("A" * letters)

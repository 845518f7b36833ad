"""`payments.toml` in a register's folder: the merchant whose money it is. Read strictly; keys are files beside it."""

import tomllib
from pathlib import Path
from typing import Any, Final

from pos_app.devices.payment.wechat_library import WechatMerchant
from pos_app.domain.errors import Refusal

_WORDS: Final = ("mchid", "appid", "serial", "platform_key_id")
_FILES: Final = ("private_key", "api_key", "platform_key")


def read_payments_file(path: Path) -> WechatMerchant:
    """Read who is paid; raise ``Refusal("payments_file")`` naming the file, the field and what is wrong with it."""
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise _wrong(path, "", str(error)) from error
    for name in sorted(document.keys() ^ {"wechat"}):
        raise _wrong(path, name, "missing" if name == "wechat" else "unknown")
    table = document["wechat"]
    if not isinstance(table, dict):
        raise _wrong(path, "wechat", "not a table")
    for name in sorted(table.keys() ^ {*_WORDS, *_FILES}):
        raise _wrong(path, f"wechat.{name}", "unknown" if name in table else "missing")
    words = {name: _word(path, table, name) for name in (*_WORDS, *_FILES)}
    keys = {name: _key(path, name, words[name]) for name in _FILES}
    return WechatMerchant(**(words | keys))


def _word(path: Path, table: dict[str, Any], name: str) -> str:
    word = table[name]
    if not isinstance(word, str) or not word:
        raise _wrong(path, f"wechat.{name}", "not a text")
    return word


def _key(path: Path, name: str, file: str) -> str:
    try:
        return (path.parent / file).read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise _wrong(path, f"wechat.{name}", str(error)) from error


def _wrong(path: Path, field: str, reason: str) -> Refusal:
    return Refusal("payments_file", file=path.name, field=field, reason=reason)

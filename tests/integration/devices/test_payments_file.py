"""`payments.toml`: what is wrong with it is named by its field, before anything is sold."""

from pathlib import Path

import pytest

from pos_app.bootstrap.payments import NOBODY, SIMULATED, join_or_say_why, join_payments
from pos_app.bootstrap.payments_file import read_payments_file
from pos_app.domain.errors import Refusal
from pos_app.store.register_folder import RegisterFolder

WORDS = {"mchid": "1900000001", "appid": "wx0", "serial": "444F", "platform_key_id": "PUB_KEY_ID_1"}
FILES = {"private_key": "a.pem", "api_key": "b.key", "platform_key": "c.pem"}


def write(folder: Path, table: dict[str, str], head: str = "[wechat]") -> Path:
    for name in FILES.values():
        (folder / name).write_text(f"key {name}\n", encoding="ascii")
    path = folder / "payments.toml"
    path.write_text("\n".join([head, *(f'{name} = "{value}"' for name, value in table.items())]), encoding="utf-8")
    return path


def test_keys_are_read_from_the_files_beside_it(tmp_path: Path) -> None:
    merchant = read_payments_file(write(tmp_path, WORDS | FILES))

    assert (merchant.mchid, merchant.appid, merchant.serial) == ("1900000001", "wx0", "444F")
    assert (merchant.private_key, merchant.api_key, merchant.platform_key) == ("key a.pem", "key b.key", "key c.pem")


@pytest.mark.parametrize(
    ("table", "head", "field"),
    [
        *[({k: v for k, v in (WORDS | FILES).items() if k != gone}, "[wechat]", f"wechat.{gone}") for gone in WORDS],
        (WORDS | FILES | {"colour": "green"}, "[wechat]", "wechat.colour"),
        (WORDS | FILES | {"mchid": ""}, "[wechat]", "wechat.mchid"),
        (WORDS | FILES | {"api_key": "gone.key"}, "[wechat]", "wechat.api_key"),
        (WORDS | FILES, "[alipay]", "alipay"),
        ({}, "wechat = 7", "wechat"),
        ({}, "= 7", ""),
    ],
)
def test_what_is_wrong_is_named(tmp_path: Path, table: dict[str, str], head: str, field: str) -> None:
    with pytest.raises(Refusal, match="payments_file") as refused:
        read_payments_file(write(tmp_path, table, head))
    assert (refused.value.details["file"], refused.value.details["field"]) == ("payments.toml", field)


def test_a_register_is_told_whom_it_may_ask(tmp_path: Path) -> None:
    folder = RegisterFolder(tmp_path)
    assert join_payments(folder, NOBODY, "S").providers == {}
    assert join_payments(folder, SIMULATED, "S").providers.keys() == {"wechat", "alipay"}
    with pytest.raises(Refusal, match="payments_unknown"):
        join_payments(folder, "paypal", "S")
    with pytest.raises(Refusal, match="payments_file"):
        join_payments(folder, "configured", "S")
    write(tmp_path, WORDS | FILES)
    with pytest.raises(Refusal, match="payments_package"):
        join_payments(folder, "configured", "S")


def test_what_is_wrong_with_the_set_up_keeps_no_register_from_opening(tmp_path: Path) -> None:
    joined = join_or_say_why(RegisterFolder(tmp_path), "configured", "S")

    assert joined.providers == {}
    assert joined.trouble is not None
    assert joined.trouble.code == "payments_file"
    assert join_or_say_why(RegisterFolder(tmp_path), NOBODY, "S").trouble is None

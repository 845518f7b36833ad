"""The proof on real input, in its short form: real baskets, real registers, real headquarters, killed processes."""

import json
import subprocess
import sys

import pytest


@pytest.mark.timeout(300)
def test_real_baskets_rung_in_bad_weather_reconcile_to_the_cent() -> None:
    command = [sys.executable, "-m", "pos_app", "replay", "--stores", "2", "--days", "7", "--offline", "0.3", "--json"]
    run = subprocess.run(command, capture_output=True, check=False, timeout=280)
    assert run.returncode == 0, run.stderr.decode()[-2000:] + run.stdout.decode()[-2000:]
    outcome = json.loads(run.stdout)
    assert [check for check in outcome["checks"] if check["differences"]] == []
    assert (outcome["baskets"], outcome["kills"]) == (115, 4)
    assert outcome["lines_by_rows"] * 100 >= outcome["lines"] * 97


@pytest.mark.parametrize(
    ("arguments", "said"),
    [(["--days", "0"], "--days"), (["--offline", "1.5"], "0 to 0.99"), (["--data", "."], "exists already")],
)
def test_a_wrong_option_is_named_and_nothing_runs(arguments: list[str], said: str) -> None:
    command = [sys.executable, "-m", "pos_app", "replay", *arguments]
    run = subprocess.run(command, capture_output=True, check=False, timeout=60)
    assert run.returncode == 2
    assert said in run.stderr.decode()

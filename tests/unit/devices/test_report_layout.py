"""A shift's report on paper: every figure stands there, nothing is wider than the roll, a wrong template is named."""

from dataclasses import replace
from pathlib import Path

import pytest

from pos_app.devices.paper import Line, Paper, columns_of
from pos_app.devices.paper_text import sheet_text
from pos_app.devices.printer.jobs import PrinterJobs
from pos_app.devices.report_layout import lay_out_report
from pos_app.devices.report_words import read_report_words
from pos_app.domain.errors import Refusal
from pos_app.domain.shift_figures import Figures, Times
from pos_app.domain.shift_report import ShiftReport
from tests.support.receipts import PAPERS, report_words, words

FIGURES = Figures(
    sales=128,
    gross=999_900,
    saving=9900,
    points_used=1200,
    points_amount=1200,
    rounding=30,
    net=988_770,
    points_earned=9887,
    before=2,
    drawer=3,
    counts=2,
    coupons=Times(3, 1500),
    returns=Times(2, 5000),
    voids=Times(1, 2000),
    tenders={"wechat": Times(48, 488_770), "cash": Times(80, 500_000), "beans": Times(1, 0)},
    paid_back={"cash": Times(3, 7000)},
    cash_in=Times(1, 10_000),
    cash_out=Times(2, 300_000),
    pieces={"10000": 25, "50": 1},
    first_receipt="S001-R1-20260618-0001",
    last_receipt="S001-R1-20260618-0128",
)
REPORT = ShiftReport(
    kind="z",
    store="穗和仓粮油 禾丰路旗舰店",
    device="S001-R1",
    business_date="2026-06-18",
    number=12,
    operator="1001",
    opened_at="2026-06-18T08:02:00+08:00",
    at="2026-06-18T20:31:00+08:00",
    float_fen=50_000,
    figures=FIGURES,
    expected=253_000,
    counted=252_900,
    reason="找零多付",
    to="1002",
)


@pytest.mark.parametrize("paper", PAPERS, ids=lambda paper: paper.name)
@pytest.mark.parametrize("language", ["zh_CN", "en"])
@pytest.mark.parametrize("kind", ["x", "z", "day"])
def test_no_line_is_wider_than_the_paper(paper: Paper, language: str, kind: str) -> None:
    report = replace(REPORT, kind=kind, copy=True, shifts=(9, 10, 11, 12))  # type: ignore[arg-type] # of the three
    sheet = lay_out_report(report, report_words(language), paper)

    assert all(item.columns <= paper.columns for item in sheet if isinstance(item, Line))
    assert PrinterJobs(words(), paper).report(report, report_words(language))


def test_every_figure_stands_on_the_z_report() -> None:
    rows = sheet_text(lay_out_report(REPORT, report_words(), PAPERS[0]), PAPERS[0])
    told = {row.split()[0]: row.split()[-1] for row in rows if len(row.split()) > 1}

    assert told["班次"] == "0012"
    assert told["首单"] == "S001-R1-20260618-0001"
    assert (told["销售笔数"], told["其中开班前"]) == ("128", "2")
    figures = [told[word] for word in ("销售金额", "优惠", "积分抵现（1200", "抹零", "销售净额")]
    assert figures == ["9,999.00", "-99.00", "-12.00", "-0.30", "9,887.70"]
    assert (told["现金（80"], told["微信支付（48"], told["beans（1"]) == ("5,000.00", "4,887.70", "0.00")
    assert (told["退货（2"], told["作废（1"]) == ("-50.00", "-20.00")
    drawer = [told[word] for word in ("备用金", "现金收款", "现金退款", "存入（1", "提款（2", "应有现金")]
    assert drawer == ["500.00", "5,000.00", "-70.00", "100.00", "-3,000.00", "2,530.00"]
    assert (told["实点现金"], told["长短款"], told["原因"]) == ("2,529.00", "-1.00", "找零多付")
    assert all(columns_of(row) <= PAPERS[0].columns for row in rows)


def test_an_x_report_has_no_count_and_nothing_to_sign() -> None:
    rows = sheet_text(lay_out_report(replace(REPORT, kind="x", counted=None), report_words(), PAPERS[0]), PAPERS[0])

    assert any(row.startswith("应有现金") for row in rows)
    assert not any(row.startswith(("实点现金", "长短款", "收银员签名")) for row in rows)


def test_a_template_that_lacks_a_place_is_named_by_its_field(tmp_path: Path) -> None:
    text = (Path(__file__).parents[3] / "resources/reports/zh_CN.toml").read_text(encoding="utf-8")
    path = tmp_path / "zh_CN.toml"
    path.write_text(text.replace("存入（{count} 次）", "存入"), encoding="utf-8")

    with pytest.raises(Refusal) as refused:
        read_report_words(path)
    assert (refused.value.code, refused.value.details["field"]) == ("receipt_template", "cash_in")

"""Charts: well-formed, readable without a style sheet, true to their figures."""
from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal
from xml.etree import ElementTree

import pytest

from trastienda.reports.charts import chart_svg, nice_ticks, shorten
from trastienda.reports.table import Chart, Column, Row, Table

SVG = "{http://www.w3.org/2000/svg}"
LABEL = Column("month", "Month", "text")


def chart_of(
    make, kind: str, series: Sequence[Sequence[str | None]], labels: Sequence[str] = "abcdefgh"
) -> Table:
    names = [f"y{number}" for number in range(len(series))]
    rows = [
        Row({"month": label, **dict(zip(names, (cell and Decimal(cell) for cell in cells), strict=True))})
        for label, *cells in zip(labels, *series, strict=False)
    ]
    columns = [LABEL, *(Column(name, f"Series {name}", "money", 2) for name in names)]
    return make(columns, rows, chart=Chart(kind, "month", names), title="Sales <by> month & more")


def drawn(table: Table, locale: str = "en") -> ElementTree.Element:
    return ElementTree.fromstring(chart_svg(table, locale))


def texts(svg: ElementTree.Element) -> list[str | None]:
    return [text.text for text in svg.iter(f"{SVG}text")]


def bars_of(svg: ElementTree.Element, number: int) -> list[dict[str, float]]:
    group = next(g for g in svg.iter(f"{SVG}g") if g.get("class") == f"chart-bar chart-{number}")
    return [{key: float(value) for key, value in bar.attrib.items()} for bar in group]


def test_a_chart_is_an_image_with_a_title(make) -> None:
    svg = drawn(chart_of(make, "bars", [["1", "2"]]))
    assert (svg.get("role"), svg[0].tag, svg[0].text) == ("img", f"{SVG}title", "Sales <by> month & more")


@pytest.mark.parametrize("kind", ["bars", "line"])
def test_a_chart_obeys_a_strict_content_policy(make, kind: str) -> None:
    svg = drawn(chart_of(make, kind, [["1", "2"], ["3", None]]))
    assert {element.tag.removeprefix(SVG) for element in svg.iter()} <= {
        "svg", "title", "g", "rect", "circle", "polyline", "line", "text",
    }
    names = {name for element in svg.iter() for name in element.attrib}
    assert {name for name in names if name == "style" or name.startswith("on")} == set()


def test_bars_are_as_high_as_their_figures(make) -> None:
    svg = drawn(chart_of(make, "bars", [["10", "5", None, "-5"]]))
    ten, five, minus_five = bars_of(svg, 1)
    assert ten["height"] == pytest.approx(2 * five["height"], abs=0.11)
    assert minus_five["height"] == pytest.approx(five["height"], abs=0.11)
    assert minus_five["y"] == pytest.approx(ten["y"] + ten["height"], abs=0.11)


def test_each_mark_tells_its_figure(make) -> None:
    svg = drawn(chart_of(make, "bars", [["1234.5"]]), "es")
    assert [title.text for title in svg.iter(f"{SVG}title")][1:] == ["a · Series y0: 1.234,50"]


def test_axis_and_legend_are_in_the_language_and_currency(make) -> None:
    svg = drawn(chart_of(make, "bars", [["2000", "12500"]]), "es")
    assert texts(svg) == ["Series y0 (EUR)", "0", "2.500", "5.000", "7.500", "10.000", "12.500", "a", "b"]


def test_series_have_a_colour_each_as_class_and_as_attribute(make) -> None:
    svg = drawn(chart_of(make, "bars", [["1"], ["2"]]))
    assert [(g.get("class"), g.get("fill")) for g in svg.iter(f"{SVG}g")] == [
        ("chart-bar chart-1", "#1f5fa8"), ("chart-bar chart-2", "#c2571a"),
    ]


def test_a_line_breaks_where_there_is_no_figure(make) -> None:
    svg = drawn(chart_of(make, "line", [["1", "2", None, "3", "4", None, "5"]]))
    assert [len(line.get("points").split()) for line in svg.iter(f"{SVG}polyline")] == [2, 2, 1]
    assert len(list(svg.iter(f"{SVG}circle"))) == 5


def test_a_lone_value_of_many_is_a_dot(make) -> None:
    values = ["1"] * 50 + [None, "2", None]
    svg = drawn(chart_of(make, "line", [values], labels=[str(n) for n in range(53)]))
    assert len(list(svg.iter(f"{SVG}circle"))) == 1


@pytest.mark.parametrize("rows", [[], [Row({"month": "a"})]])
def test_a_chart_without_figures_says_so(make, rows: list[Row]) -> None:
    table = make([LABEL, Column("y", "Y", "money", 2)], rows, chart=Chart("bars", "month", ["y"]))
    assert texts(drawn(table, "es")) == ["Sin datos"]


def test_headings_and_subtotals_are_not_drawn(balance_sheet: Table) -> None:
    table = Table(**{**vars(balance_sheet), "chart": Chart("bars", "item", ["amount"])})
    assert len(bars_of(drawn(table), 1)) == 1


def test_a_report_without_a_chart_is_refused(trial_balance: Table) -> None:
    with pytest.raises(ValueError, match=r"^books\.trial-balance has no chart$"):
        chart_svg(trial_balance, "en")


def test_long_labels_are_shortened_and_slant(make) -> None:
    labels = [f"Aprovisionamientos de mercaderías {number}" for number in range(12)]
    svg = drawn(chart_of(make, "bars", [["1"] * 12], labels=labels))
    slanted = [text.text for text in svg.iter(f"{SVG}text") if "rotate(-45" in text.get("transform", "")]
    assert slanted == ["Aprovisionamiento…"] * 12


def test_of_sixty_categories_every_bar_and_every_other_label_is_drawn(make) -> None:
    svg = drawn(chart_of(make, "bars", [["1"] * 60], labels=[f"Category {number}" for number in range(60)]))
    assert len(bars_of(svg, 1)) == 60
    assert texts(svg)[-30:] == [f"Category {number}" for number in range(0, 60, 2)]


def test_nothing_is_drawn_outside_the_picture(make) -> None:
    labels = ["Aprovisionamientos de mercaderías"] * 8
    for kind in ("bars", "line"):
        svg = drawn(chart_of(make, kind, [["-1000000", "987654.32"] * 4] * 3, labels=labels))
        for element in svg.iter():
            across = [float(element.get(name, 1)) for name in ("x", "x1", "x2", "cx")]
            down = [float(element.get(name, 1)) for name in ("y", "y1", "y2", "cy")]
            assert 0 <= min(across) <= max(across) <= 720
            assert 0 <= min(down) <= max(down) <= 320


def test_control_characters_leave_the_drawing_well_formed(make) -> None:
    svg = drawn(chart_of(make, "bars", [["1"]], labels=["a\x00\x1b&<"]))
    assert texts(svg)[-1] == "a  &<"


@pytest.mark.parametrize(
    ("low", "high", "ticks"),
    [
        ("0", "10", "0 2 4 6 8 10"),
        ("0", "19999", "0 5000 10000 15000 20000"),
        ("-30", "95", "-50 -25 0 25 50 75 100"),
        ("1000.5", "1002.5", "1000.5 1001.0 1001.5 1002.0 1002.5"),
        ("0", "0", "0 0.2 0.4 0.6 0.8 1.0"),
        ("5", "5", "0 1 2 3 4 5"),
        ("-7", "-7", "-8 -6 -4 -2 0"),
        ("0", "0.003", "0 0.001 0.002 0.003"),
    ],
)
def test_ticks_are_round_and_cover_the_figures(low: str, high: str, ticks: str) -> None:
    assert nice_ticks(Decimal(low), Decimal(high)) == tuple(map(Decimal, ticks.split()))


def test_lines_that_vary_little_need_no_zero(make) -> None:
    svg = drawn(chart_of(make, "line", [["1000.5", "1002.5"]]))
    assert re.findall("chart-zero", ElementTree.tostring(svg).decode()) == []


def test_a_short_label_stays() -> None:
    assert (shorten("January"), shorten("January sales", 8)) == ("January", "January…")

import json
import logging
from collections.abc import Callable, Iterator

import pytest

from trastienda.log import configure_logging, get_logger, request_context, request_id_of

Lines = Callable[[], list[dict[str, object]]]


@pytest.fixture
def lines(capsys: pytest.CaptureFixture[str]) -> Iterator[Lines]:
    """What was logged since the last call, parsed; the root logger is put back afterwards."""
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    configure_logging("info")
    yield lambda: [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    root.handlers[:] = handlers
    root.setLevel(level)


def test_line_is_json_with_its_values(lines: Lines) -> None:
    get_logger("fleet").info("sold", plate="1234 BCD", vehicle=object)
    (line,) = lines()
    assert str(line.pop("timestamp")).endswith("Z")
    assert line == {
        "event": "sold",
        "level": "info",
        "logger": "fleet",
        "plate": "1234 BCD",
        "vehicle": "<class 'object'>",
    }


def test_lines_of_libraries_are_json_too(lines: Lines) -> None:
    logging.getLogger("library").warning("%d left", 3, extra={"where": "here"})
    (line,) = lines()
    assert (line["event"], line["logger"], line["where"]) == ("3 left", "library", "here")


def test_every_line_of_a_request_bears_its_id(lines: Lines) -> None:
    with request_context("abc", user="ana"):
        get_logger("fleet").info("one")
        logging.getLogger("library").info("two")
    get_logger("fleet").info("three")
    assert [(line.get("request_id"), line.get("user")) for line in lines()] == [
        ("abc", "ana"),
        ("abc", "ana"),
        (None, None),
    ]


def test_traceback_stays_within_the_line(lines: Lines) -> None:
    try:
        raise KeyError("plate")
    except KeyError:
        get_logger("fleet").exception("failed")
    (line,) = lines()
    assert (line["level"], str(line["exception"]).splitlines()[-1]) == ("error", "KeyError: 'plate'")


def test_what_is_below_the_level_is_left_out(lines: Lines) -> None:
    get_logger("fleet").debug("quiet")
    configure_logging("error")
    get_logger("fleet").warning("quiet")
    logging.getLogger("library").warning("quiet")
    assert lines() == []


def test_logging_configured_twice_logs_once(lines: Lines) -> None:
    configure_logging("info")
    get_logger("fleet").info("once")
    assert len(lines()) == 1


@pytest.mark.parametrize("header", ["a-1.b_2", "x" * 64])
def test_callers_request_id_is_kept_where_it_is_a_short_plain_word(header: str) -> None:
    assert request_id_of(header) == header


@pytest.mark.parametrize("header", [None, "", "x" * 65, "a b", "a\nb", "ñ", '"}'])
def test_other_request_ids_are_made_anew(header: str | None) -> None:
    made = request_id_of(header)
    assert len(made) == 16
    assert made != request_id_of(header)

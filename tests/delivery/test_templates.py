import pytest

from trastienda import Invalid
from trastienda.builtin.delivery.templates import fill


def test_values_are_put_in_and_escaped_in_html() -> None:
    assert fill("Dear $name, ${sum} $$", {"name": "A & B", "sum": "3"}) == "Dear A & B, 3 $"
    assert fill("<p>$name</p>", {"name": "<script>"}, html=True) == "<p>&lt;script&gt;</p>"


def test_a_value_is_never_taken_for_a_template() -> None:
    assert fill("$a", {"a": "$b {0.__class__}", "b": "x"}) == "$b {0.__class__}"


@pytest.mark.parametrize("template", ["$unknown", "${name", "$ ", "100 $", "${name.__class__}", "$9"])
def test_anything_else_is_refused(template: str) -> None:
    with pytest.raises(Invalid) as caught:
        fill(template, {"name": "x"})
    assert list(caught.value.errors) == ["template"]

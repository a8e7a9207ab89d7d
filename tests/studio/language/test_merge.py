from hypothesis import given
from hypothesis import strategies as st

from studio.language.merge import fields_in, merged


def test_fields_are_found_in_their_order() -> None:
    assert fields_in("{{ title }} – {{next}}, {next} {{Next}} {{next") == ["title", "next"]


def test_a_field_is_replaced_and_all_else_stays() -> None:
    assert merged("Next: {{ next }}! {x} %s {{", {"next": "tides"}) == "Next: tides! {x} %s {{"


@given(st.text(), st.text(min_size=1))
def test_a_value_is_never_read_as_a_field(first: str, second: str) -> None:
    assert merged("{{a}}|{{b}}", {"a": "{{b}}" + first, "b": second}) == "{{b}}" + first + "|" + second


def test_a_text_whose_fields_are_all_empty_vanishes() -> None:
    assert merged("Next: {{next}}", {"next": ""}) == ""
    assert merged("{{price}} {{where}}", {"price": "$5", "where": ""}) == "$5 "
    assert merged("nothing to fill", {}) == "nothing to fill"

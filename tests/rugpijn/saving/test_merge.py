"""Two therapists at one programme: nothing of either is lost."""

from rugpijn.saving.merge import FormRow, merge_rows, merge_values


def test_what_only_they_changed_is_taken():
    values, told = merge_values("1", {"dosage": "a"}, {"dosage": "a"}, {"dosage": "b"})
    assert values == {"dosage": "b"}
    assert [(d.before, d.after, d.kept) for d in told] == [("a", "b", None)]


def test_what_only_i_changed_stays_and_is_not_told():
    values, told = merge_values("1", {"dosage": "a"}, {"dosage": "c"}, {"dosage": "a"})
    assert values == {"dosage": "c"}
    assert told == []


def test_what_both_changed_shows_mine_and_tells_theirs():
    values, told = merge_values("1", {"dosage": "a"}, {"dosage": "c"}, {"dosage": "b"})
    assert values == {"dosage": "c"}
    assert [(d.after, d.kept) for d in told] == [("b", "c")]


def test_both_the_same_is_no_quarrel():
    values, told = merge_values("1", {"dosage": "a"}, {"dosage": "b"}, {"dosage": "b"})
    assert values == {"dosage": "b"}
    assert told[0].kept is None


def test_rows_added_by_either_are_kept():
    mine = [FormRow("1", {"note": "x"}, {"note": "x"}), FormRow("", {"note": "new"}, {})]
    merged = merge_rows(mine, {"1": {"note": "x"}, "2": {"note": "theirs"}})
    assert [(row.key, row.mine["note"]) for row in merged.rows] == [
        ("1", "x"),
        ("2", "theirs"),
        ("", "new"),
    ]
    assert merged.added == ["2"]


def test_a_row_they_removed_is_gone_unless_i_worked_on_it():
    mine = [
        FormRow("1", {"note": "x"}, {"note": "x"}),
        FormRow("2", {"note": "my work"}, {"note": ""}),
    ]
    merged = merge_rows(mine, {})
    assert [(row.key, row.mine["note"]) for row in merged.rows] == [("", "my work")]
    assert [row.key for row in merged.removed] == ["1", "2"]
    assert [row.key for row in merged.rescued] == ["2"]


def test_a_row_i_removed_stays_removed():
    removed = FormRow("1", {"note": ""}, {"note": ""}, removed=True)
    merged = merge_rows([removed], {"1": {"note": "z"}})
    assert merged.rows[0].removed
    assert merged.differences[0].after == "z"


def in_order(*keys, first=0):
    return {key: {"position": str(first + place)} for place, key in enumerate(keys)}


def test_places_that_shift_are_no_other_order():
    base = in_order("1", "2", "3")
    merged = merge_rows(
        [FormRow(key, values, values) for key, values in base.items()], in_order("2", "3")
    )
    assert merged.differences == []
    assert [(row.key, row.mine["position"]) for row in merged.rows] == [("2", "0"), ("3", "1")]


def test_another_order_is_told():
    base = in_order("1", "2", "3")
    merged = merge_rows(
        [FormRow(key, values, values) for key, values in base.items()], in_order("3", "2")
    )
    assert {each.field for each in merged.differences} == {"position"}
    assert sorted(merged.rows, key=lambda row: row.mine["position"])[0].key == "3"


def test_my_order_stands_whole_when_their_places_only_shift():
    base, moved = in_order("1", "2", "3", "4"), in_order("1", "3", "2", "4")
    merged = merge_rows(
        [FormRow(key, moved[key], was) for key, was in base.items()], in_order("2", "3", "4")
    )
    assert [row.key for row in sorted(merged.rows, key=lambda row: row.mine["position"])] == [
        "3",
        "2",
        "4",
    ]
    assert len({row.mine["position"] for row in merged.rows}) == 3 and not merged.differences

"""A file of referrals: every good row is taken, every error is told, and no error repeats what a cell says."""

from datetime import date

import pytest

from referrals.file_header import FileRefused
from referrals.referral_file import LARGEST_FILE, MOST_ROWS, Preview, RowError, preview

TODAY = date(2026, 9, 7)
COACHES = {"coach-amir", "coach-bridget"}
FILE = (
    "Ref;Full name;D.O.B.;NINO;E-mail address;Mobile;Address;Post code;Notes;Coach;Date of referral;Accepted on\n"
    'A-1;Zoë  Ní Bhriain;31/12/1990;qq 12 34 56 c;Zoe@Example.ORG;07700 900123;"1 High Street\nLeeds";ls11aa;'
    "=1+1;coach-amir;1 Sept 2026;2026-09-02\n"
    ";Obi Okafor;;;;;;;;;;\n"
)


def read(text: str, encoding: str = "utf-8") -> Preview:
    return preview(text.encode(encoding), TODAY, COACHES)


def one_column(column: str, cell: str) -> Preview:
    return read(f"name\t{column}\nObi Okafor\t{cell}\n")


def test_a_row_is_taken_in_the_form_that_is_kept() -> None:
    row = read(FILE).rows[0]

    assert (row.row, row.reference, row.coach) == (2, "A-1", "coach-amir")
    assert (row.referred_on, row.accepted_on) == (date(2026, 9, 1), date(2026, 9, 2))
    assert (row.person.name, row.person.date_of_birth) == ("Zoë Ní Bhriain", date(1990, 12, 31))
    assert (row.person.ni_number, row.person.email) == ("QQ123456C", "Zoe@example.org")
    assert (row.person.phone, row.person.postcode) == ("+447700900123", "LS1 1AA")
    assert row.person.address == "1 High Street\nLeeds"


def test_a_formula_stays_a_text() -> None:
    assert read(FILE).rows[0].person.notes == "=1+1"


def test_a_name_is_enough() -> None:
    row = read(FILE).rows[1]

    assert row.person.name == "Obi Okafor"
    assert row.person.ni_number is None
    assert row.coach is None


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_encodings_delimiters_and_line_ends_make_no_difference(encoding: str, delimiter: str, line_end: str) -> None:
    text = FILE.replace(";", delimiter).replace("\n", line_end)

    assert read(text, encoding) == read(FILE)


def test_a_spreadsheets_hint_of_its_delimiter_is_followed() -> None:
    assert read("sep=;\r\n" + FILE) == read(FILE)


def test_first_and_last_names_make_a_name() -> None:
    assert read("forename,surname\nObi,Okafor\n").rows[0].person.name == "Obi Okafor"


def test_a_name_that_somebody_goes_by_stands_beside_the_one_on_their_papers() -> None:
    (row,) = read("name,known as\nObinna Okafor,Obi Okafor\n").rows
    assert (row.person.name, row.person.preferred_name) == ("Obinna Okafor", "Obi Okafor")


def test_row_numbers_are_those_of_a_spreadsheet() -> None:
    preview = read('name,address,dob\nObi,"1 High Street\n\nLeeds",\n\n , ,\nAda,,never\n')

    assert [row.row for row in preview.rows] == [2]
    assert [error.row for error in preview.errors] == [5]


def test_every_error_of_a_row_is_told_and_the_other_rows_are_taken() -> None:
    errors = read("name,dob,postcode,phone\n,tomorrow,Leeds,12\nAda,,,\n").errors

    assert errors == (
        RowError(2, "name", "is empty"),
        RowError(2, "date_of_birth", "is not a date such as 31/12/1990, 31 December 1990 or 1990-12-31"),
        RowError(2, "postcode", "is not a United Kingdom postcode such as M1 1AA"),
        RowError(2, "phone", "is not a telephone number such as 07700 900123 or +44 20 7946 0123"),
    )


@pytest.mark.parametrize(
    ("column", "cell"),
    [
        ("last_name", "12345"),
        ("last_name", "Obi\x07"),
        ("last_name", "O" * 201),
        ("dob", "07/13/1990"),
        ("dob", "31/12/90"),
        ("dob", "01/01/1890"),
        ("dob", "08/09/2026"),
        ("dob", "07/09/2016"),
        ("dob", "30 Febtober 1990"),
        ("ni", "QQ12345C"),
        ("ni", "QQ1234567"),
        ("ni", "QQ123456E"),
        ("ni", "DA123456A"),
        ("ni", "AO123456A"),
        ("ni", "GB123456A"),
        ("postcode", "M1 1AC"),
        ("postcode", "123 456"),
        ("email", "marker@nowhere"),
        ("email", "two@example.org, three@example.org"),
        ("phone", "07700 81234"),
        ("phone", "+4477"),
        ("address", "a" * 4_001),
        ("coach", "coach-nobody"),
        ("referred_on", "08/09/2026"),
    ],
)
def test_what_cannot_be_right_is_refused_without_repeating_it(column: str, cell: str) -> None:
    preview = read(f"name\t{column}\nAda\t{cell}\n")

    assert preview.rows == ()
    assert {error.row for error in preview.errors} == {2}
    assert cell not in str(preview.errors)


@pytest.mark.parametrize(
    ("cell", "day"),
    [
        ("1990-12-31", date(1990, 12, 31)),
        ("1990-12-31 00:00:00", date(1990, 12, 31)),
        ("31/12/1990", date(1990, 12, 31)),
        ("1.2.1990", date(1990, 2, 1)),
        ("01-02-1990", date(1990, 2, 1)),
        ("1st February 1990", date(1990, 2, 1)),
        ("1 FEB 1990", date(1990, 2, 1)),
        ("29/02/1988", date(1988, 2, 29)),
        ("07/09/2012", date(2012, 9, 7)),
    ],
)
def test_dates_are_read_day_first(cell: str, day: date) -> None:
    assert one_column("dob", cell).rows[0].person.date_of_birth == day


@pytest.mark.parametrize(
    ("cell", "number"),
    [
        ("+44 (0)20 7946 0123", "+442079460123"),
        ("0044 20 7946 0123", "+442079460123"),
        ("(020) 7946 0123", "+442079460123"),
        ("07700-900123", "+447700900123"),
        ("+353 1 679 1234", "+35316791234"),
    ],
)
def test_telephone_numbers_get_their_country_code(cell: str, number: str) -> None:
    assert one_column("phone", cell).rows[0].person.phone == number


def test_a_coach_needs_a_day_of_acceptance() -> None:
    assert one_column("coach", "coach-amir").errors == (
        RowError(2, "accepted_on", "is empty, though a coach is named"),
    )


def test_nobody_is_accepted_before_being_referred() -> None:
    errors = read("name,referred_on,accepted_on\nAda,02/09/2026,01/09/2026\n").errors

    assert errors == (RowError(2, "accepted_on", "lies before the day of the referral"),)


@pytest.mark.parametrize(
    ("text", "column"),
    [("ref,name\nA-1,Ada\nA-1,Obi\n", "reference"), ("name,ni\nAda,QQ123456C\nObi,qq 123456\n", "ni_number")],
)
def test_the_same_reference_or_person_twice_is_told(text: str, column: str) -> None:
    preview = read(text)

    assert [row.row for row in preview.rows] == [2]
    assert preview.errors == (RowError(3, column, "is the same as in row 2"),)


def test_two_rows_that_say_the_same_are_one_referral() -> None:
    assert read("name\nAda\nAda\n").errors == (RowError(3, "", "is the same as in row 2"),)


def test_a_row_is_the_same_row_in_another_file() -> None:
    first, second = read("name,dob,ref\nAda,1990-12-31,\n").rows[0], read("dob;name\n31/12/1990;Ada\n").rows[0]

    assert first.identity == second.identity
    assert first.content == '{"date_of_birth": "1990-12-31", "name": "Ada"}'


def test_columns_that_nobody_reads_are_told_by_their_letter() -> None:
    wide = ",".join(["name"] + ["what"] * 26)

    assert read(f"shoe size,{wide}\n43,Ada\n").unknown_columns == (
        "A",
        *(chr(c) for c in range(ord("C"), ord("Z") + 1)),
        "AA",
        "AB",
    )


def test_too_many_cells_are_told() -> None:
    assert read("name,dob\nAda,,Leeds\nObi,,,\n").errors == (RowError(2, "", "has more cells than the header"),)


def test_a_quotation_mark_that_does_not_close_is_told() -> None:
    preview = read('name,notes\nAda,"good"\nObi,"bad" x\nEve,\nZed,"open\nand on')

    assert [row.row for row in preview.rows] == [2, 4]
    assert [(error.row, error.column) for error in preview.errors] == [(3, ""), (5, "")]


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "needs a first row"),
        (b"Ada Lovelace,1990-12-31\n", "needs a first row"),
        (b"forename,dob\nAda,\n", "needs a first row"),
        (b"name,dob,birth date\nAda,,\n", "two columns for date_of_birth"),
        (b"name\nA\0da\n", "null bytes"),
        ("name\nAda\n".encode("utf-16"), "null bytes"),
        (b"name\n\x81\n", "neither UTF-8 nor Windows-1252"),
        (b"name\n" + b"x" * LARGEST_FILE, "larger than 20 MB"),
        (b"name\n" + b"Ada\n" * (MOST_ROWS + 1), "more than 50,000 rows"),
    ],
    ids=["empty", "no header", "half a name", "doubled column", "null", "UTF-16", "bytes", "large", "long"],
)
def test_a_file_that_is_no_table_of_referrals_is_refused(data: bytes, reason: str) -> None:
    with pytest.raises(FileRefused, match=reason):
        preview(data, TODAY, COACHES)


def test_fifty_thousand_rows_are_read() -> None:
    lines = "".join(f"R{number},Ada,QQ{number:06}A\n" for number in range(MOST_ROWS))

    assert len(read("ref,name,ni\n" + lines).rows) == MOST_ROWS


def test_a_row_shows_nobody_in_a_log_line() -> None:
    row = read(FILE).rows[0]

    assert "Bhriain" not in repr(row)
    assert "Bhriain" not in repr(row.person)

"""A vacancy file: every row is a vacancy, a double or told; nothing is guessed, and nothing breaks the reader."""

import csv
import gzip
import io
import os
from collections import Counter
from datetime import date
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from events.jobsearch import Contract, PayPeriod, Vacancy
from jobsearch.vacancy_file import LARGEST_FILE, LARGEST_UNPACKED, FileRefused, Preview, preview, report, safe_cell
from jobsearch.vacancy_row import Reading, RowRejectedError

REAL = os.environ.get("WAYMARK_VACANCIES", "")
GENERATED = Path(__file__).parents[2] / "examples/vacancies.csv"
COLUMNS = ("reference", "title", "employer", "category", "description", "place", "region", "contract", "hours", "pay",
           "link", "posted_on", "closes_on")  # fmt: skip
HEADER = "id,job title,company,city,state,job_type,hours,salary,url,closing date\n"


def read(text: str, feed: str = "feed") -> Preview:
    return preview(text.encode(), feed)


def only(checked: Preview) -> Vacancy:
    (vacancy,) = checked.vacancies.values()
    return vacancy


def told(checked: Preview) -> list[tuple[int, str, bool]]:
    return [(remark.row, remark.column, remark.rejected) for remark in checked.remarks]


def test_a_row_is_read_as_far_as_it_is_certain() -> None:
    row = 'A1,Baker,Riverside,Leeds,West Yorkshire,"Permanent, part-time",16-20,£12.60 per hour,https://x.example/1,31/03/2030\n'

    checked = read(HEADER + row)

    vacancy = only(checked)
    assert (vacancy.title, vacancy.employer, vacancy.place) == ("Baker", "Riverside", "Leeds")
    assert (vacancy.contract, vacancy.part_time, vacancy.abroad) == (Contract.PERMANENT, True, False)
    assert (vacancy.hours_least, vacancy.hours_most) == (16, 20)
    assert (vacancy.pay_least, vacancy.pay_period, vacancy.pay_text) == (12.6, PayPeriod.HOUR, "£12.60 per hour")
    assert vacancy.closes_on == date(2030, 3, 31)
    assert vacancy.latitude == pytest.approx(53.8, abs=0.1)
    assert checked.remarks == ()


def test_what_is_missing_stays_missing() -> None:
    vacancy = only(read("title\nBaker\n"))
    given = vacancy.model_dump(exclude_none=True)
    assert given == {"source": "feed", "title": "Baker", "abroad": False}


def test_what_is_doubtful_is_left_out_and_told() -> None:
    row = "A1,Baker,,Nowhereton,,sometimes,many,Competitive,javascript:alert(1),soon\n"

    checked = read(HEADER + row)

    vacancy = only(checked)
    assert (vacancy.link, vacancy.closes_on, vacancy.hours_least, vacancy.town) == (None, None, None, None)
    assert vacancy.pay_text == "Competitive"
    told_columns = {remark.column for remark in checked.remarks}
    assert told_columns == {"region", "place", "contract", "hours", "pay", "link", "closes_on"}
    assert not any(cell in remark.reason for remark in checked.remarks for cell in ("javascript", "soon", "many"))


def test_doubles_are_counted_and_listed_once() -> None:
    checked = read("title,place\nBaker,Leeds\nBaker , Leeds\nBaker,York\n")
    assert (len(checked.vacancies), checked.doubles, checked.rejected) == (2, 1, 0)


def test_one_reference_with_two_stories_is_told() -> None:
    checked = read("id,title\nA1,Baker\nA1,Baker\nA1,Cook\n")
    assert (len(checked.vacancies), checked.doubles) == (1, 1)
    assert told(checked) == [(4, "reference", True)]


def test_a_row_is_the_same_vacancy_in_every_file_of_its_feed_and_in_no_other() -> None:
    first, again = read("title,place\nBaker,Leeds\n"), read("place,title\n Leeds,Baker\n")
    assert first.vacancies.keys() == again.vacancies.keys()
    assert first.vacancies.keys() != read("title,place\nBaker,Leeds\n", "other").vacancies.keys()


def test_a_reference_is_the_same_vacancy_whatever_the_row_says() -> None:
    assert read("id,title\nA1,Baker\n").vacancies.keys() == read("id,title\nA1,Cook\n").vacancies.keys()


def test_rows_that_are_no_vacancy_are_told() -> None:
    checked = read('title,place\n,Leeds\nBaker,Leeds,more\n\ufffd,Leeds\n"Baker\n')
    assert told(checked) == [(2, "title", True), (3, "", True), (4, "title", True), (5, "", True)]
    assert checked.vacancies == {}


def test_foreign_places_are_known() -> None:
    assert only(read("title,city,state\nWaiter,New York,USA\n")).abroad


def test_gzip_is_read_and_a_bomb_is_refused_with_the_limit() -> None:
    assert only(preview(gzip.compress(b"title\nBaker\n", mtime=0), "feed")).title == "Baker"
    with pytest.raises(FileRefused, match="unpacks to more than 96 MB"):
        preview(gzip.compress(b"0" * (LARGEST_UNPACKED + 1), 1), "feed")
    with pytest.raises(FileRefused, match="is larger than 32 MB"):
        preview(b"0" * (LARGEST_FILE + 1), "feed")


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "needs a first row with a column called title"),
        (b"name\nBaker\n", "needs a first row with a column called title"),
        (b"title,job title\n", "has two columns for title"),
        (b"title\nBa\0ker\n", "has null bytes"),
        (b"title\n\x81\n", "is neither UTF-8 nor Windows-1252"),
        (b"PK\x03\x04rest", "is a zip archive"),
        (b"\x1f\x8bnonsense", "is a broken gzip file"),
        (gzip.compress(b"title\nBaker\n", mtime=0)[:-9], "ends too early"),
    ],
)
def test_what_is_no_table_is_refused_with_the_reason(content: bytes, reason: str) -> None:
    with pytest.raises(FileRefused, match=reason):
        preview(content, "feed")


def test_a_formula_is_text_here_and_harmless_where_it_is_exported() -> None:
    formula = '=HYPERLINK(""http://x.example"")'
    vacancy = only(read(f'title\n"{formula}"\n'))
    assert vacancy.title.startswith("=HYPERLINK")
    assert safe_cell(vacancy.title).startswith("'=")


@given(st.text())
def test_an_exported_cell_is_never_a_formula(text: str) -> None:
    safe = safe_cell(text)
    assert safe.lstrip(" ")[:1] not in {"=", "+", "-", "@", "\t", "\r"}
    assert safe.endswith(text)


@example(cells={"title": "Baker", "description": "Bread.\n\n"})
@given(st.dictionaries(st.sampled_from(COLUMNS), st.text(max_size=80)))
def test_no_row_breaks_the_normaliser_and_what_it_made_it_makes_again(cells: dict[str, str]) -> None:
    try:
        row = Reading.of(cells)
        vacancy = row.vacancy("feed")
    except RowRejectedError:
        return
    again = Reading.of(row.cells)
    assert again.identity == row.identity
    assert again.vacancy("feed") == vacancy


@given(st.binary(max_size=400))
def test_no_file_breaks_the_reader(content: bytes) -> None:
    try:
        checked = preview(b"title,place\n" + content, "feed")
    except FileRefused:
        return
    assert "".join(report(checked.remarks)).startswith("row,column,kind,reason")


def test_the_report_has_every_remark_as_csv() -> None:
    checked = read("title,place\n,Leeds\nBaker,\n")
    rows = list(csv.DictReader(io.StringIO("".join(report(checked.remarks)))))
    assert [(row["row"], row["column"], row["kind"]) for row in rows] == [
        ("2", "title", "rejected"),
        ("3", "place", "warning"),
    ]


def test_a_file_as_long_as_a_feed_is_read_whole() -> None:
    """The file that WAYMARK_VACANCIES names, read as it is; the generated one where none is named."""
    if not REAL:
        checked = preview(GENERATED.read_bytes(), "generated")
        assert len(checked.vacancies) >= 1_000
        return
    checked = preview(Path(REAL).read_bytes(), "real")
    reasons = Counter(remark.reason for remark in checked.remarks)
    assert len(checked.vacancies) + checked.doubles == 29_862
    assert checked.doubles >= 3_343
    assert checked.rejected == 0
    assert reasons["is empty"] == 10
    assert sum(bool(vacancy.abroad) for vacancy in checked.vacancies.values()) > 200
    assert not any("\u201a¬" in (vacancy.pay_text or "") for vacancy in checked.vacancies.values())

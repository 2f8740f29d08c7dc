"""Search, register, figures: through the client."""

import io
import re
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from openpyxl import load_workbook

from cms.forms.desk_search import opened, sealed
from intake.actions import find_by_code
from intake.models import Report
from search.query import Query
from tests.product import LIUSHUWAN, SHIQIAO, XINGHUA, staff, submit, submit_read
from triage.models import Case

SEARCH = "/desk/search/"


def ask(client, **said):
    return client.post(SEARCH, said, follow=True)


def numbers(response) -> list[str]:
    return re.findall(r'href="/desk/cases/([0-9A-Z]{4}-[0-9A-Z]{4})/"', response.content.decode())


@pytest.fixture
def investigator(county):
    return staff("investigator", county.commission)


@pytest.fixture
def three(county, index):
    made = [
        submit_read(
            "村支书克扣征地补偿款。", domain="land_demolition", place=LIUSHUWAN, to=county.zones["east"]
        ),
        submit_read("会计冒领低保。", domain="benefit_policies", place=XINGHUA, to=county.zones["west"]),
        submit_read("补偿款没有发。", domain="land_demolition", place=XINGHUA, to=county.zones["west"]),
    ]
    index()
    return made


def test_words_find_cases_and_are_marked_in_them(three, investigator, desk):
    response = ask(desk(investigator), words="补偿款")
    assert set(numbers(response)) == {three[0].number, three[2].number}
    assert "2 cases found" in response.content.decode()
    assert '<mark class="desk-mark--match">补偿款</mark>' in response.content.decode()
    assert "The index is complete" in response.content.decode()


def test_no_address_shows_what_was_searched_for(three, investigator, desk):
    response = desk(investigator).post(SEARCH, {"words": "补偿款", "accused": "王有田"})
    address = response.url
    assert re.fullmatch(r"/desk/search/\?q=k\d+\.[\w-]+", address)
    page = desk(investigator).get(address).content.decode()
    hrefs = re.findall(r'(?:href|action)="([^"]*)"', page)
    assert not [h for h in hrefs if "补偿" in h or "%E8%A1%A5" in h]


def test_an_address_opens_for_the_desk_that_sealed_it_only(three, investigator, clerk):
    query = Query(words="补偿款", since=timezone.localdate())
    word = sealed(query, investigator)
    assert opened(word, investigator) == query
    assert opened(word, clerk) is None
    assert opened(word[:-2] + "xx", investigator) is None
    assert opened("nonsense", investigator) is None


def test_facets_count_and_narrow_down(three, investigator, desk):
    client = desk(investigator)
    response = ask(client, words="补偿款")
    facets = {str(name): links for name, links in response.context["facets"]}
    assert {link.count for link in facets["Zone"]} == {1}
    narrower = client.get(SEARCH, {"q": facets["Zone"][0].word})
    assert len(numbers(narrower)) == 1


def test_filters_go_by_place_with_all_below_it(three, investigator, desk):
    assert numbers(ask(desk(investigator), place="Shiqiao Town")) == [three[0].number]
    assert numbers(ask(desk(investigator), domain="benefit_policies")) == [three[1].number]


def test_pages_follow_by_cursor(county, investigator, desk, index):
    for i in range(25):
        submit_read(f"第{i}次反映补偿款。", to=county.zones["east"])
    index()
    client = desk(investigator)
    first = ask(client, words="补偿款")
    second = client.get(SEARCH, {"q": first.context["next"]})
    assert len(numbers(first)) == 20
    assert len(numbers(second)) == 5
    assert not set(numbers(first)) & set(numbers(second))


def test_a_handler_finds_in_his_zone_only(three, handler, desk):
    response = ask(desk(handler), words="补偿款")
    assert numbers(response) == [three[0].number]
    assert "1 case found" in response.content.decode()


def test_a_case_number_finds_its_case(three, investigator, desk):
    assert numbers(ask(desk(investigator), words=three[1].number.lower())) == [three[1].number]


def test_with_the_engine_down_the_page_says_so_and_still_finds_a_number(county, investigator, desk):
    case = submit_read(to=county.zones["east"])
    assert "does not answer" in desk(investigator).get(SEARCH).content.decode()
    assert numbers(ask(desk(investigator), words=case.number)) == [case.number]


@pytest.mark.parametrize(
    "said", [{"since": "yesterday"}, {"place": "上河村"}, {"least": "many"}, {"domain": "x"}]
)
def test_a_question_that_is_none_is_answered_in_words(said, three, investigator, desk):
    response = ask(desk(investigator), **said)
    assert response.status_code == 200
    assert response.context["form"].errors


def test_results_are_exported_and_each_case_notes_it(three, investigator, desk):
    word = sealed(Query(words="补偿款"), investigator)
    response = desk(investigator).post(f"{SEARCH}export/", {"q": word, "format": "csv"})
    assert response["Content-Disposition"].startswith("attachment")
    text = b"".join(response.streaming_content).decode("utf-8-sig")
    assert three[0].number in text
    assert three[1].number not in text
    assert list(three[0].looks.values_list("what", flat=True)) == ["export"]
    response = desk(investigator).post(f"{SEARCH}export/", {"q": word, "format": "xlsx"})
    sheet = load_workbook(io.BytesIO(b"".join(response.streaming_content))).worksheets[0]
    assert sheet.max_row == 3


def test_an_export_of_what_somebody_else_asked_does_not_exist(three, investigator, handler, desk):
    word = sealed(Query(words="补偿款"), investigator)
    assert desk(handler).post(f"{SEARCH}export/", {"q": word, "format": "csv"}).status_code == 404


def registered(client, **said):
    page = client.get("/desk/register/").content.decode()
    uid = re.search(r'name="uid" value="([^"]+)"', page)[1]
    form = {"uid": uid, "channel": "letter", "received": timezone.localdate().isoformat(), **said}
    return form, client.post("/desk/register/", form)


def code_in(response) -> str:
    return re.search(r"data-receipt>([\d ]+)<", response.content.decode())[1]


def test_a_letter_is_registered_with_one_form_and_its_code_is_shown(county, clerk, desk):
    day = timezone.localdate() - timedelta(days=3)
    _form, response = registered(
        desk(clerk),
        text="村支书贪污修路款。",
        received=day.isoformat(),
        place="柳树湾村",
        accused_0_name="王有田",
        accused_0_post="村支书",
        name="赵小满",
        phone="13912345678",
        withheld="on",
        attached=SimpleUploadedFile("信.txt", "信的内容".encode()),
    )
    report = Report.objects.get()
    assert find_by_code(code_in(response)) == report
    assert (report.channel, report.received_on, report.named, report.withheld) == ("letter", day, True, True)
    assert report.stated["place"] == LIUSHUWAN
    assert report.stated["accused"][0]["name"] == "王有田"
    assert report.attachments.count() == 1
    assert report.case.state == Case.State.UNREAD
    assert "no-store" in response["Cache-Control"]


def test_a_double_click_registers_one_report_and_shows_the_same_code(county, clerk, desk):
    client = desk(clerk)
    form, first = registered(client, text="村支书贪污。")
    again = client.post("/desk/register/", form)
    assert code_in(first) == code_in(again)
    assert Report.objects.count() == 1
    other = client.post("/desk/register/", {**form, "text": "另一封信。"})
    assert "has another text" in other.content.decode()
    assert Report.objects.count() == 1


@pytest.mark.parametrize(
    ("said", "where"),
    [
        ({"text": ""}, "text"),
        ({"text": "x", "received": "2999-01-01"}, "received"),
        ({"text": "x", "place": "上河村"}, "place"),
    ],
)
def test_an_error_of_the_form_keeps_what_was_typed(said, where, county, clerk, desk):
    _form, response = registered(desk(clerk), name="赵小满", **said)
    assert where in response.context["form"].errors
    assert "赵小满" in response.content.decode()
    assert not Report.objects.exists()


def test_a_handler_registers_nothing(handler, desk):
    assert desk(handler).get("/desk/register/").status_code == 404


def cells(response) -> dict[str, str]:
    return {label: shown for table in response.context["tables"] for label, shown in table.rows}


def test_figures_count_what_the_user_may_see(three, clerk, handler, desk):
    everything = desk(staff("main_head", clerk.officer.appointments.get().office)).get("/desk/figures/")
    assert everything.context["total"] == 3
    assert cells(everything)["Yunling Township"] == "2"
    assert desk(handler).get("/desk/figures/").status_code == 404


def test_a_zone_leader_counts_his_zone(three, county, desk):
    response = desk(staff("zone_leader", county.zones["west"])).get("/desk/figures/")
    assert response.context["total"] == 2


def test_a_statistician_sees_no_small_counts_and_no_case(three, county, desk):
    for _more in range(6):
        submit_read(place=SHIQIAO, channel="letter", to=county.zones["east"])
    submit()
    client = desk(staff("statistician", county.commission))
    response = client.get("/desk/figures/")
    assert response.context["total"] == 9
    shown = cells(response)
    assert shown["Web"] == "–"
    assert not [n for n in shown.values() if n.isdigit() and 0 < int(n) < 5]
    assert client.get("/desk/cases/").status_code == 404
    assert client.get(SEARCH).status_code == 404


def test_a_recused_statistician_does_not_count_the_case(three, county, desk):
    counting = staff("statistician", county.commission)
    three[0].recusals.create(officer=counting.officer, ground="declared", derived=False)
    assert desk(counting).get("/desk/figures/").context["total"] == 2


def test_the_sealed_query_is_one_word(investigator):
    address = f"{SEARCH}?q={sealed(Query(words='a b&c=d'), investigator)}"
    assert len(parse_qs(urlsplit(address).query)["q"]) == 1

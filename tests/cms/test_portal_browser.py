"""The portal in a real Chromium: without script, on a narrow telephone, and under axe-core."""

from __future__ import annotations

import pytest

from cms import chrome
from cms.site_tree import plant
from intake.models import Message, Report
from tests.product import make_county
from triage.models import Place

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PAGES = [
    "/",
    "/before-you-report/",
    "/how-we-protect-you/",
    "/report/",
    "/follow/",
    "/news/",
    "/news/zones/",
    "/education/",
    "/figures/",
]


@pytest.fixture
def address(live_server):
    chrome.forget()
    make_county()
    for i in range(150):  # as many villages as a county has
        Place.objects.create(
            key=f"village:990121100{300 + i}",
            code=f"990121100{300 + i}",
            depth=4,
            name=f"第{i}村",
            parent_id="township:990121100000",
        )
    plant("汀川县", "Tingchuan County")
    yield live_server.url
    chrome.forget()


@pytest.fixture
def page(chromium, address):
    """A telephone without script; `page.asked` lists every address it asked for."""
    context = chromium.new_context(
        viewport={"width": 320, "height": 640}, java_script_enabled=False, locale="zh-CN", base_url=address
    )
    page = context.new_page()
    page.asked = []
    page.on("request", lambda request: page.asked.append(request.url))
    yield page
    context.close()


def serious(page) -> list[str]:
    from axe_playwright_python.sync_playwright import Axe

    found = Axe().run(page).response["violations"]
    return [f"{v['id']}: {v['nodes'][0]['html']}" for v in found if v["impact"] in ("serious", "critical")]


def is_too_wide(page) -> bool:
    return page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("locale", ["zh-CN", "en-GB"])
def test_axe_finds_nothing_serious_and_nothing_is_wider_than_a_narrow_telephone(
    chromium, address, locale, scheme
):
    context = chromium.new_context(
        viewport={"width": 320, "height": 640}, locale=locale, base_url=address, color_scheme=scheme
    )
    page = context.new_page()
    wrong = {}
    for path in PAGES:
        page.goto(path)
        wrong[path] = serious(page), is_too_wide(page)
    page.goto("/report/")
    page.check("#id_who_named")
    page.click("button.main")
    wrong["mistakes"] = serious(page), is_too_wide(page)
    page.check("#id_who_anonymous")
    page.fill("#id_text", "柳树湾村的事")
    page.set_input_files("#id_files", [{"name": "a.pdf", "mimeType": "", "buffer": b"%PDF-1.4"}])
    page.click("button[value=person]")
    wrong["filled"] = serious(page), is_too_wide(page)
    page.click("button.main")
    wrong["receipt"] = serious(page), is_too_wide(page)
    page.click("form.no-print button")
    wrong["status"] = serious(page), is_too_wide(page)
    page.click("button[value=ask_withdraw]")
    wrong["withdraw"] = serious(page), is_too_wide(page)
    page.goto("/follow/")
    page.fill("#id_code", "1234")
    page.click("button.main")
    wrong["wrong code"] = serious(page), is_too_wide(page)
    context.close()
    assert {k: v for k, v in wrong.items() if v != ([], False)} == {}


def test_a_citizen_reports_and_follows_without_script_cookie_or_third_party(page, address):
    page.goto("/")
    page.click("a[href='/report/'].main")
    page.fill("#id_accused-0-name", "张三")
    page.set_input_files("#id_files", [{"name": "账页.pdf", "mimeType": "", "buffer": b"%PDF-1.4 p"}])
    with page.expect_navigation():
        page.press("#id_accused-0-name", "Enter")  # sends, as in any form: the text is missing
    assert page.locator(".summary a").count() == 1
    assert "账页.pdf" in page.locator(".kept li").inner_text()
    page.fill("#id_text", "柳树湾村支书把修路的钱装进了自己口袋。")
    page.select_option("#id_place", "village:990121100201")
    page.click("#send")
    code = page.input_value("#code")
    report = Report.objects.get()
    assert report.stated["place"] == "village:990121100201"
    assert report.attachments.count() == 1
    page.reload()
    assert page.input_value("#code") == code
    assert Report.objects.count() == 1

    page.goto("/follow/")
    page.fill("#id_code", code.replace(" ", ""))
    page.click("button.main")
    page.fill("#id_text", "还有一张票")
    page.click("button[value=write]")
    assert Message.objects.get().text == "还有一张票"
    page.click("button.language")
    assert page.locator("html").get_attribute("lang") == "en"
    page.click("button[value=ask_withdraw]")
    page.click("button[value=withdraw]")
    assert Message.objects.filter(kind=Message.Kind.WITHDRAWAL).count() == 1

    assert {c["name"] for c in page.context.cookies()} == {"django_language"}
    assert all(url.startswith(address) for url in page.asked)
    assert not any(part in url for url in page.asked for part in code.split())


def test_the_receipt_prints_its_code(page):
    page.goto("/report/")
    page.fill("#id_text", "一件事")
    page.click("#send")
    page.emulate_media(media="print")
    assert page.locator("p.code").is_visible()
    assert not page.locator("nav").is_visible()

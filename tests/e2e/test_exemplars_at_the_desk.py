"""A curator lets an exchange in by the keyboard alone, and sees what a reply had read. The web process suffices."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.pictures import keep_screenshot
from tests.e2e.site import Site
from tests.e2e.staff import at_the_desk

SEED = """
from django.contrib.auth.models import User
from personas.curation.models import PreferencePair
from personas.curation.services import pairs_import
User.objects.create_superuser("curator", password="a long password of the tests")
read = [
    {"id": "work-012", "said": "회의에서 또 깨졌어", "reply": "에구… 오늘 진짜 고생했겠다ㅠㅠ 지금은 좀 괜찮아?"},
    {"id": "feelings-104", "said": "팀장님 때문에 울고 싶어", "reply": "그 말 들었을 때 얼마나 서러웠을까ㅠㅠ"},
]
rows = [
    ("팀장님이 회의에서 나만 혼냈어", "다들 보는 앞이라 더 속상했겠다ㅠㅠ 어떤 말이 남았어?", "일을 잘하면 돼."),
    ("퇴근하고 뭐 하지", "오늘은 따뜻한 거 먹고 푹 쉬자~ 먹고 싶은 거 있어?", "몰라."),
]
pairs_import(persona="egen", lines=[
    {"prompt": prompt, "chosen": chosen, "rejected": rejected, "exemplars": read} for prompt, chosen, rejected in rows
])
PreferencePair.objects.filter(pk=PreferencePair.objects.last().pk).update(
    exemplars=[{"id": "pair-3-3fa9c1", "persona": "egen"}]
)
"""


@pytest.fixture(scope="module")
def desk_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The web process with pairs whose replies read exemplars."""
    with Site.of_web_alone(tmp_path_factory.mktemp("desk"), SEED) as running:
        yield running


@pytest.fixture
def queue(browser, desk_site: Site) -> Iterator[Page]:
    """The queue before a curator who has logged in."""
    with at_the_desk(browser, desk_site, "curator", "/admin/curation/preferencepair/queue/", height=800) as page:
        expect(page.locator("#desk")).to_be_visible()
        yield page


def press(page: Page, key: str, said: str) -> None:
    """Press a key, and wait until the desk says what it did: while a deed is on its way it takes none."""
    expect(page.locator(".htmx-request, .htmx-swapping, .htmx-settling")).to_have_count(0)
    page.keyboard.press(key)
    expect(page.get_by_role("status")).to_contain_text(said)


def test_an_exchange_is_let_in_by_keyboard_alone(queue: Page, desk_site: Site):
    pair = queue.locator("#desk").get_attribute("data-pair")
    read = queue.locator(".exemplars dl")
    expect(read).to_be_hidden()
    queue.keyboard.press("x")
    expect(read).to_contain_text("회의에서 또 깨졌어")
    expect(read).to_contain_text("work-012")

    press(queue, "a", "승인했습니다.")
    queue.keyboard.press("x")
    expect(queue.locator(".exemplars dl")).to_contain_text("거둬들인 예시라 내용은 지워졌습니다.")
    press(queue, "l", "예시로 넣었습니다.")
    expect(queue.get_by_role("button", name="예시에서 빼기")).to_be_visible()
    assert live(desk_site) == [pair]

    press(queue, "u", "마지막 결정을 취소했습니다.")
    expect(queue.get_by_role("button", name="예시로 넣기")).to_be_visible()
    press(queue, "l", "예시로 넣었습니다.")
    queue.keyboard.press("x")
    keep_screenshot(queue, "desk-exemplars")

    press(queue, "l", "예시에서 뺐습니다.")
    assert live(desk_site) == []


def live(site: Site) -> list[str]:
    """The pairs that stand before others' messages now."""
    return site.shell(
        "from personas.curation.exemplars import exemplar_rows_live\n"
        "print(*[row.id.split('-')[1] for row in exemplar_rows_live()])"
    ).split()

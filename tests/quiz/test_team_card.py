"""The picture that a team's link is previewed with: where everyone stands, and nobody's name."""

import io
import re
from pathlib import Path

import pytest
from PIL import Image

from personas.privacy.models import Visitor
from quiz.cards.team_drawing import FILL, TeamWords, draw_team
from quiz.cards.team_map import TEAM_MAP
from quiz.models import Team
from quiz.scoring import Kind
from quiz.teams.places import SIZE
from quiz.teams.services import MOST_MEMBERS, member_remove, team_delete, team_join, team_make
from tests.quiz.people import finish

pytestmark = pytest.mark.usefixtures("redis_server")


@pytest.fixture(autouse=True)
def folder(settings, tmp_path: Path) -> Path:
    """An empty cache of cards."""
    settings.CACHES = {**settings.CACHES, "cards": {**settings.CACHES["cards"], "LOCATION": tmp_path / "cards"}}
    return tmp_path / "cards"


@pytest.fixture
def team(result) -> Team:
    return team_make(result=result, name="플랫폼팀", nickname="라떼")


def card_of(team: Team, browser) -> str:
    """Where the team's page says that its preview picture is."""
    html = browser.get(f"/group/{team.token}/").content.decode()
    return re.search(r'property="og:image" content="([^"]+)"', html)[1]


def opened(png: bytes) -> Image.Image:
    return Image.open(io.BytesIO(png)).convert("RGB")


def test_the_preview_of_a_shared_team_shows_its_map(team, client):
    address = card_of(team, client)
    assert address.startswith(f"http://testserver/group/{team.token}/card.png?v=")
    answer = client.get(address)
    assert opened(answer.content).size == (800, 400)
    assert answer["Cache-Control"] == "public, max-age=604800"
    assert 'name="twitter:image"' in client.get(f"/group/{team.token}/").content.decode()


def test_everyone_who_joins_or_leaves_gives_the_picture_a_new_address(team, quiz, friend, client):
    alone = card_of(team, client)
    member = team_join(team=team, result=finish(quiz, friend, place=-1), nickname="직진")
    both = card_of(team, client)
    assert alone != both and client.get(alone).content == client.get(both).content, "both show the team as it is now"
    member_remove(member=member, by=friend.id)
    assert card_of(team, client) == alone


def test_a_new_nickname_changes_nothing_on_it(team, result, client):
    before = card_of(team, client)
    team_join(team=team, result=result, nickname="모카")
    assert card_of(team, client) == before


def test_it_is_drawn_once_and_the_same_for_everyone(team, owner, browser_of, client, settings, folder):
    address = card_of(team, client)
    korean = browser_of(owner).get(address)
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    assert client.get(address).content == korean.content
    assert not korean.cookies and not korean.has_header("Vary")
    assert len(list(folder.iterdir())) == 1


def test_a_closed_team_and_a_made_up_link_have_no_picture(team, owner, client):
    team_delete(team=team, by=owner.id)
    for token in (team.token, "aaaaaaaaaaaaaaaa"):
        assert client.get(f"/group/{token}/card.png").status_code == 404


def test_looking_at_it_costs_few_queries_however_many_there_are(team, quiz, client, django_assert_max_num_queries):
    for number in range(5):
        team_join(team=team, result=finish(quiz, Visitor.objects.create()), nickname=f"별명{number}")
    with django_assert_max_num_queries(4):
        client.get(f"/group/{team.token}/card.png")


@pytest.mark.parametrize("kind", Kind)
def test_a_dot_has_the_colour_of_its_type(kind):
    place = TEAM_MAP.at(SIZE / 2, SIZE / 2)
    card = opened(draw_team(TeamWords("테스트", "팀", ((*place, kind),))))
    assert "#{:02x}{:02x}{:02x}".format(*card.getpixel(place)) == FILL[kind]


def test_a_full_map_with_the_longest_name_weighs_less_than_150_kb_and_stays_inside_the_frame():
    dots = tuple((*TEAM_MAP.at(9 + 11 * n, SIZE - 9 - 11 * n), Kind.BALANCED) for n in range(MOST_MEMBERS))
    full = draw_team(TeamWords("가" * 80, "뚫훑쀍" * 8, dots))
    empty = draw_team(TeamWords("가", "나", ()))
    assert len(full) < 150_000
    edges = (746, 0, 800, 400), (0, 0, 48, 400)
    assert all(opened(full).crop(edge).tobytes() == opened(empty).crop(edge).tobytes() for edge in edges)

"""A phone with a poor line gets the chat page: what it loads, as the server sends it."""

import pytest
from playwright.sync_api import Page, Request

pytestmark = pytest.mark.browser

MOST_BYTES = 150 * 1024  # compressed, the font apart


@pytest.mark.parametrize("address", ["/", "/chat/egen/", "/arena/"])
def test_a_page_is_light(page: Page, address: str):
    loaded: list[Request] = []
    page.on("requestfinished", lambda request: loaded.append(request))  # Playwright marks its listeners
    page.goto(address, wait_until="networkidle")
    weights = {request.url: request.sizes()["responseBodySize"] for request in loaded if not is_font(request)}
    assert any(url.endswith(".css") for url in weights)
    assert sum(weights.values()) < MOST_BYTES, weights


def is_font(request: Request) -> bool:
    return request.resource_type == "font"

"""The signed cookie that says who is asking."""

import uuid

from django.http import HttpResponse

from config.visitors import COOKIE, VisitorMiddleware, existing_visitor_id, signed, visitor_id, visitor_id_from_cookies


def test_a_page_that_needs_nobody_sets_no_cookie(rf):
    response = VisitorMiddleware(lambda request: HttpResponse())(rf.get("/"))
    assert COOKIE not in response.cookies


def test_a_newcomer_gets_one_id_and_keeps_it(rf):
    seen = []

    def page(request):
        seen.extend([visitor_id(request), visitor_id(request)])
        return HttpResponse()

    response = VisitorMiddleware(page)(rf.get("/"))
    assert seen[0] == seen[1]
    assert visitor_id_from_cookies({COOKIE: response.cookies[COOKIE].value}) == seen[0]
    assert response.cookies[COOKIE]["httponly"] and response.cookies[COOKIE]["samesite"] == "Lax"


def test_a_forged_cookie_is_nobody(rf):
    request = rf.get("/")
    request.COOKIES[COOKIE] = signed(uuid.uuid4())[:-1] + "x"
    assert existing_visitor_id(request) is None
    request.COOKIES[COOKIE] = str(uuid.uuid4())
    assert existing_visitor_id(request) is None

"""The words and the code of an error, in whatever shape a server sends it."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from carrel.models.chat.server.failures.error_body import MAX_MESSAGE, ErrorBody, read_error

RAW = {
    "error": {
        "message": "Provider returned error",
        "code": 400,
        "metadata": {"raw": '{"error": {"code": "x", "message": "Bad."}}'},
    }
}
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=9),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["error", "message", "detail", "code", "metadata", "raw"]), inner, max_size=3)
    ),
    max_leaves=12,
)


LONG = "The prompt is too long"
PAGE = (
    "<!doctype html><html><head><title>Blocked</title><style>b > i {}</style></head>"
    "<body><!-- a > b --><h1>No &amp; never</h1></body></html>"
)
FAULT = (
    '<soap:Envelope xmlns:soap="http://s"><soap:Body><soap:Fault>'
    f"<faultcode>soap:Server</faultcode><faultstring>{LONG}</faultstring></soap:Fault></soap:Body></soap:Envelope>"
)


@pytest.mark.parametrize(
    ("body", "message", "codes"),
    [
        ({"error": {"message": "No.", "code": "c", "type": "t"}}, "No.", ("c", "t")),
        ([{"error": {"code": 400, "message": "API key not valid"}}], "API key not valid", ("400",)),
        ({"detail": [{"msg": "One"}, {"msg": "Two"}]}, "One; Two", ()),
        ({"errors": ["坏了"]}, "坏了", ()),
        ({"msg": "No."}, "No.", ()),
        ({"error": "No."}, "No.", ()),
        ({"object": "error", "message": "No.", "type": "t"}, "No.", ("t",)),
        (RAW, "Bad.", ("x", "400")),
        ({"error": {"message": "Provider returned error", "metadata": {"raw": "Busy"}}}, "Busy", ()),
        (
            {"error": {"message": "No.", "metadata": {"raw": {"data": f'{{"error": {{"message": "{LONG}"}}}}'}}}},
            LONG,
            (),
        ),
        ("<h1>Busy</h1>", "Busy", ()),
        (None, "", ()),
        ({"Message": LONG}, LONG, ()),
        ({"Error": {"Code": "E1", "Message": LONG}}, LONG, ("E1",)),
        ({"ERROR": {"MESSAGE": LONG}}, LONG, ()),
        ({"fault": {"faultstring": LONG, "detail": {"errorcode": "policies.x"}}}, LONG, ("policies.x",)),
        ({"errors": {"prompt": ["is too long"], "model": ["is odd"]}}, "prompt: is too long; model: is odd", ()),
        ({"errors": {"input": "too long"}}, "input: too long", ()),
        ({"description": LONG}, LONG, ()),
        ({"errorMessage": LONG}, LONG, ()),
        ({"status_message": LONG}, LONG, ()),
        ({"statusMessage": LONG, "statusCode": 400}, LONG, ("400",)),
        (
            {"exception": f"java.lang.IllegalArgumentException: {LONG}"},
            f"java.lang.IllegalArgumentException: {LONG}",
            (),
        ),
        ({"text": LONG}, LONG, ()),
        ({"foo": [{"bar": LONG}], "id": "of a request"}, LONG, ()),
        ({"response": {"error": LONG}}, LONG, ()),
        ({"result": {"error": {"text": LONG}}}, LONG, ()),
        ({"inner_error": {"message": LONG}}, LONG, ()),
        ({"a": {"b": {"c": {"d": {"e": {"f": {"g": {"h": {"i": {"Msg": LONG}}}}}}}}}}, LONG, ()),
        ({"error": {"code": "context_length_exceeded"}}, "code context_length_exceeded", ("context_length_exceeded",)),
        ({"error": {"message": "", "type": "t"}, "status": 400}, "code t, code 400", ("t", "400")),
        ({"code": 1301}, "code 1301", ("1301",)),
        ({"success": False}, '{"success":false}', ()),
        ({"error": {}}, '{"error":{}}', ()),
        ({"foo": "blocked"}, '{"foo":"blocked"}', ()),
        ({"error": True, "content": LONG}, LONG, ()),
        ({"status": 400, "error": "Bad Request", "message": LONG, "path": "/v1"}, LONG, ("400",)),
        ({"error": "Bad Request"}, "Bad Request", ()),
        ({"title": "Bad Request", "detail": LONG}, LONG, ()),
        ({"detail": [{"msg": "Field required", "input": {"message": "Dear diary, hello"}}]}, "Field required", ()),
        ({"error": "bad", "request": {"input": "Dear diary, hello"}}, "bad", ("bad",)),
        ({"error": "bad", "messages": [{"role": "user", "content": "Dear diary, hello"}]}, "bad", ("bad",)),
        ({"jsonrpc": "2.0", "error": {"message": "Invalid Request", "data": LONG}}, f"Invalid Request; {LONG}", ()),
        ({"mensaje": LONG}, LONG, ()),
        ({"消息": "提示太长"}, "提示太长", ()),
        ([["error", LONG]], LONG, ()),
        ({"outcome": {"issue": [{"diagnostics": LONG}]}}, LONG, ()),
        (json.dumps({"error": LONG}), LONG, ()),
        (json.dumps(json.dumps({"error": {"message": LONG}})), LONG, ()),
        ({"message": json.dumps({"error": {"message": LONG}})}, LONG, ()),
        (f'{{"a": 1}}\n{{"error": "{LONG}"}}', LONG, ()),
        (f')]}}\',\n{{"error": "{LONG}"}}', LONG, ()),
        (f'event: error\ndata: {{"error": {{"message": "{LONG}"}}}}\n\n', LONG, ()),
        (f"data: {LONG}\n\ndata: [DONE]\n", LONG, ()),
        (f'error: {{"code": 500, "message": "{LONG}"}}', LONG, ("500",)),
        ([{"message": "A is bad"}, {"message": "B is bad"}, {"message": "A is bad"}], "A is bad; B is bad", ()),
        (PAGE, "Blocked No & never", ()),
        (f"<Error><Code>E1</Code><Message>{LONG}</Message><RequestId>4 5</RequestId></Error>", LONG, ("E1",)),
        (f'<?xml version="1.0"?><error code="E5" message="{LONG}"/>', LONG, ("E5",)),
        (FAULT, LONG, ("soap:Server",)),
        (f"<Error><Message>{LONG}</Message>", LONG, ()),
        (f"\ufeff{LONG}", LONG, ()),
        ("`inputs` must be < 4096 and > 0", "`inputs` must be < 4096 and > 0", ()),
        ("", "", ()),
        (" \n", "", ()),
        ("{}", "", ()),
        ("null", "", ()),
        ([], "", ()),
        ({}, "", ()),
    ],
)
def test_words_and_codes_of_any_shape(body: object, message: str, codes: tuple[str, ...]) -> None:
    """The server's own words are found, and its codes, the innermost first; without words, whatever it says."""
    assert read_error(body) == ErrorBody(message, codes)


@given(JSON.filter(bool))
def test_whatever_says_anything_has_words(body: object) -> None:
    """No body but an empty one leaves nothing to be told."""
    assert read_error(body).message or not str(body).strip()


@given(JSON)
def test_no_body_is_too_odd(body: object) -> None:
    """Whatever is sent, one line of bounded length comes of it."""
    found = read_error(body)
    assert len(found.message) <= MAX_MESSAGE
    assert "\n" not in found.message

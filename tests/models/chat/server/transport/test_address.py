"""What people paste as the address of a server."""

import pytest

from carrel.models.chat.server.transport.address import Address, split_address

AZURE = "https://x.openai.azure.com/openai/deployments/gpt"


@pytest.mark.parametrize(
    ("pasted", "address"),
    [
        ("http://localhost:8080/v1", Address("http://localhost:8080/v1")),
        ("http://localhost:8080/v1/", Address("http://localhost:8080/v1/")),
        ("http://localhost:8080/v1/chat/completions", Address("http://localhost:8080/v1")),
        (f"{AZURE}?api-version=2024-10-21", Address(AZURE, {"api-version": "2024-10-21"})),
        (f"{AZURE}/chat/completions?api-version=2024-10-21", Address(AZURE, {"api-version": "2024-10-21"})),
        ("http://[::bad/v1", Address("http://[::bad/v1")),
        ("", Address("")),
    ],
)
def test_an_address_is_split(pasted: str, address: Address) -> None:
    """Parameters go with every request, and the path of chat completions is not asked for twice."""
    assert split_address(pasted) == address
    assert split_address(pasted).is_deployment == ("azure" in pasted)

"""A sealed question between two registers: only who holds the store's secret is heard, and an old answer is none."""

import os
import socket
import threading
from collections.abc import Iterator

import pytest

from pos_app.domain.errors import LineDown, LineTalksRubbish, Refusal
from sync.client import lan
from sync.client.lan import LanServer, Message, ask

pytestmark = pytest.mark.loopback

SECRET = bytes(range(32))
OTHER = bytes(32)


def answer(question: Message) -> Message:
    if question["ask"] == "refuse":
        raise Refusal("basket_passed_on", to="S001-R3")
    if question["ask"] == "break":
        raise OSError("no room")
    return {"heard": question}


@pytest.fixture
def server() -> Iterator[LanServer]:
    server = LanServer("127.0.0.1:0", SECRET, answer)
    yield server
    server.stop()


def at(server: LanServer) -> str:
    return f"127.0.0.1:{server.port}"


def test_a_question_is_answered_with_every_letter(server: LanServer) -> None:
    question = {"ask": "list", "by": "S001-R2", "name": "五常大米 ¥" * 5000}

    assert ask(at(server), SECRET, question) == {"heard": question}


def test_a_refusal_is_an_answer_and_a_bug_over_there_is_a_refusal(server: LanServer) -> None:
    with pytest.raises(Refusal, match="basket_passed_on") as refused:
        ask(at(server), SECRET, {"ask": "refuse"})
    assert refused.value.details == {"to": "S001-R3"}
    with pytest.raises(Refusal, match="peer_broken"):
        ask(at(server), SECRET, {"ask": "break"})
    assert ask(at(server), SECRET, {"ask": "list"})


def test_a_stranger_is_not_answered_and_learns_nothing(server: LanServer) -> None:
    with pytest.raises(LineDown, match="peer_down"):
        ask(at(server), OTHER, {"ask": "list"})
    with socket.create_connection(("127.0.0.1", server.port)) as line:
        line.sendall(b"GET / HTTP/1.1\r\n\r\n")
        assert line.recv(100) == b""


@pytest.mark.parametrize("length", [0, 5, lan.MAX_BYTES + 1, 2**32 - 1])
def test_a_length_that_is_none_of_ours_is_not_waited_for(server: LanServer, length: int) -> None:
    with socket.create_connection(("127.0.0.1", server.port)) as line:
        line.sendall(length.to_bytes(4, "big"))
        assert line.recv(100) == b""


def test_nobody_there_is_said_at_once(server: LanServer) -> None:
    server.stop()
    for address in (at(server), "127.0.0.1:none", "", "127.0.0.1:99999"):
        with pytest.raises(LineDown, match="peer_down"):
            ask(address, SECRET, {"ask": "list"})


def replies(reply: bytes) -> str:
    """Somebody on the network who answers every question with these bytes."""
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        line, _ = listener.accept()
        with line, listener:
            line.recv(65536)
            line.sendall(reply)

    threading.Thread(target=serve, daemon=True).start()
    return f"127.0.0.1:{listener.getsockname()[1]}"


def test_an_answer_that_was_given_to_another_question_is_none(server: LanServer) -> None:
    question = {"ask": "list"}
    nonce = os.urandom(lan.NONCE_BYTES)
    sealed = nonce + lan._seal(SECRET, nonce, question, lan._ASKS)
    with socket.create_connection(("127.0.0.1", server.port)) as line:
        lan._send(line, sealed)
        recorded = lan._receive(line)

    with pytest.raises(LineTalksRubbish, match="peer_rubbish"):
        ask(replies(len(recorded).to_bytes(4, "big") + recorded), SECRET, question)


@pytest.mark.parametrize("reply", [b"", b"\x00\x00", (500).to_bytes(4, "big") + b"half of it"])
def test_an_answer_that_is_cut_is_no_answer(reply: bytes) -> None:
    with pytest.raises(LineDown, match="peer_down"):
        ask(replies(reply), SECRET, {"ask": "list"})


def test_strangers_who_hold_every_place_are_let_go_and_neighbours_are_heard_again(server: LanServer) -> None:
    silent = [socket.create_connection(("127.0.0.1", server.port)) for _ in range(lan.MOST_AT_ONCE * 2)]
    for line in silent:
        line.settimeout(10)
        assert line.recv(1) == b"", "who says nothing is not waited for"
        line.close()

    assert ask(at(server), SECRET, {"ask": "list"})

"""A sealed question between two registers: only who holds the store's secret is heard, an old word is none, and nobody
who trickles or hangs makes a register unreachable.
"""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import pytest

from pos_app.domain.errors import LineDown, LineTalksRubbish, Refusal
from sync.client import lan, lan_server
from sync.client.lan import Exchange, Greeting, Line, Message, Speaker, ask
from sync.client.lan_server import LanServer

pytestmark = [pytest.mark.loopback, pytest.mark.timeout(120)]

SECRET = bytes(range(32))
FIRST, SECOND = Speaker("S001-R1", SECRET), Speaker("S001-R2", SECRET)
STRANGER = Speaker("S001-R2", bytes(32))
LONG_S = 30.0


def answer(by: str, question: Message) -> Message:
    if question["ask"] == "refuse":
        raise Refusal("basket_passed_on", to="S001-R3")
    if question["ask"] == "break":
        raise OSError("no room")
    if question["ask"] == "much":
        return {"much": "x" * lan.MAX_BYTES}
    return {"heard": question, "from": by}


@pytest.fixture
def server() -> Iterator[LanServer]:
    server = LanServer("127.0.0.1:0", FIRST, answer)
    yield server
    server.stop()


def at(server: LanServer) -> str:
    return f"127.0.0.1:{server.port}"


@contextmanager
def connected(server: LanServer) -> Iterator[tuple[Line, Greeting, socket.socket]]:
    with socket.create_connection(("127.0.0.1", server.port), timeout=LONG_S) as connection:
        line = Line(connection, time.monotonic() + LONG_S)
        yield line, Greeting.read(line.receive()), connection


def is_let_go(connection: socket.socket) -> bool:
    """Wait for the other end to hang up."""
    connection.settimeout(LONG_S)
    try:
        return connection.recv(1) == b""
    except ConnectionError:
        return True


def test_a_question_is_answered_with_every_letter(server: LanServer) -> None:
    question = {"ask": "list", "name": "五常大米 ¥" * 5000}

    answered = ask(at(server), SECOND, question, whom="S001-R1")

    assert (answered.by, answered.said) == ("S001-R1", {"heard": question, "from": "S001-R2"})


def test_a_refusal_is_an_answer_and_a_bug_over_there_is_a_refusal(server: LanServer) -> None:
    with pytest.raises(Refusal, match="basket_passed_on") as refused:
        ask(at(server), SECOND, {"ask": "refuse"})
    assert refused.value.details == {"to": "S001-R3"}
    with pytest.raises(Refusal, match="peer_broken"):
        ask(at(server), SECOND, {"ask": "break"})
    assert ask(at(server), SECOND, {"ask": "list"}).said


def test_an_answer_that_does_not_fit_is_said_to_be_too_long(server: LanServer) -> None:
    with pytest.raises(Refusal, match="peer_answer_too_long"):
        ask(at(server), SECOND, {"ask": "much"})


def test_a_stranger_is_not_answered_and_learns_nothing(server: LanServer) -> None:
    with pytest.raises(LineDown, match="peer_down"):
        ask(at(server), STRANGER, {"ask": "list"})
    with connected(server) as (_, _, connection):
        connection.sendall(b"GET / HTTP/1.1\r\n\r\n")
        assert is_let_go(connection)


def test_who_was_wanted_and_nobody_else_is_asked(server: LanServer) -> None:
    with pytest.raises(LineDown, match="peer_down"):
        ask(at(server), SECOND, {"ask": "list"}, whom="S001-R3")


def test_a_question_that_was_recorded_is_none_the_next_time(server: LanServer) -> None:
    with connected(server) as (line, greeting, _):
        recorded = Exchange(SECRET, greeting, "S001-R2").seal_question({"ask": "list"})
        line.send(recorded)
        assert line.receive()

    with connected(server) as (line, _, connection):
        line.send(recorded)
        assert is_let_go(connection)


def test_a_question_is_good_for_who_was_greeted_by_and_from_who_says_it_only() -> None:
    greeting = Greeting.fresh("S001-R1")
    sealed = Exchange(SECRET, greeting, "S001-R2").seal_question({"ask": "list"})

    assert Exchange.open_question(SECRET, greeting, sealed) is not None
    assert Exchange.open_question(SECRET, Greeting(greeting.challenge, "S001-R3"), sealed) is None
    assert Exchange.open_question(SECRET, greeting, sealed.replace(b"S001-R2", b"S001-R4", 1)) is None


@pytest.mark.parametrize("length", [0, 5, lan.MAX_BYTES + 1, 2**32 - 1])
def test_a_length_that_is_none_of_ours_is_not_waited_for(server: LanServer, length: int) -> None:
    with connected(server) as (_, _, connection):
        connection.sendall(length.to_bytes(4, "big"))
        assert is_let_go(connection)


def test_nobody_there_is_said_at_once(server: LanServer) -> None:
    server.stop()
    for address in (at(server), "127.0.0.1:none", "", "127.0.0.1:99999"):
        with pytest.raises(LineDown, match="peer_down"):
            ask(address, SECOND, {"ask": "list"})


def replies(greeting: bytes, reply: bytes = b"", *, every_s: float = 0.0) -> str:
    """Somebody on the network who greets like that and answers every question with these bytes, slowly if asked to."""
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        line, _ = listener.accept()
        with line, listener, suppress(OSError):
            line.sendall(greeting)
            line.recv(65536)
            for at in range(len(reply)) if every_s else ():
                line.sendall(reply[at : at + 1])
                time.sleep(every_s)
            line.sendall(b"" if every_s else reply)

    threading.Thread(target=serve, daemon=True).start()
    return f"127.0.0.1:{listener.getsockname()[1]}"


def framed(message: bytes) -> bytes:
    return len(message).to_bytes(4, "big") + message


def test_an_answer_that_was_given_to_another_question_is_none(server: LanServer) -> None:
    """Somebody plays a whole conversation again, greeting and all."""
    with connected(server) as (line, greeting, _):
        line.send(Exchange(SECRET, greeting, "S001-R2").seal_question({"ask": "list"}))
        recorded = line.receive()

    with pytest.raises(LineTalksRubbish, match="peer_rubbish"):
        ask(replies(framed(greeting.written()), framed(recorded)), SECOND, {"ask": "list"})


@pytest.mark.parametrize("reply", [b"", b"\x00\x00", (500).to_bytes(4, "big") + b"half of it"])
def test_an_answer_that_is_cut_is_no_answer(reply: bytes) -> None:
    greeting = framed(Greeting.fresh("S001-R1").written())
    with pytest.raises(LineDown, match="peer_down"):
        ask(replies(greeting, reply), SECOND, {"ask": "list"})


@pytest.mark.parametrize("greeting", [b"", framed(b"HTTP/1.1 400 Bad Request"), framed(b"granary-lan-1 " + bytes(30))])
def test_who_does_not_greet_like_a_register_is_none(greeting: bytes) -> None:
    with pytest.raises(LineDown, match="peer_down"):
        ask(replies(greeting), SECOND, {"ask": "list"})


def test_an_answer_that_trickles_is_no_answer_in_time() -> None:
    greeting = framed(Greeting.fresh("S001-R1").written())
    trickling = replies(greeting, (9999).to_bytes(4, "big") + bytes(9999), every_s=0.1)
    begun_s = time.monotonic()

    with pytest.raises(LineDown, match="peer_down"):
        ask(trickling, SECOND, {"ask": "list"})

    assert time.monotonic() - begun_s < LONG_S


def test_strangers_who_say_nothing_hold_no_place(server: LanServer) -> None:
    silent = [socket.create_connection(("127.0.0.1", server.port)) for _ in range(lan_server.MOST_AT_ONCE * 2)]

    assert ask(at(server), SECOND, {"ask": "list"}).said, "the one that came last is heard all the same"

    for connection in silent:
        connection.settimeout(LONG_S)
        with suppress(ConnectionError):
            while connection.recv(100):
                pass
        connection.close()


def test_a_stranger_who_trickles_is_let_go_and_holds_up_nobody(server: LanServer) -> None:
    """A byte now and then is no reason to wait on: the exchange as a whole has one end."""
    with connected(server) as (_, _, connection):
        connection.sendall(lan.MAX_BYTES.to_bytes(4, "big"))
        ends_s = time.monotonic() + LONG_S
        with suppress(ConnectionError):
            while True:
                connection.sendall(b"x")
                assert time.monotonic() < ends_s, "it was waited for"
                assert ask(at(server), SECOND, {"ask": "list"}).said
                time.sleep(0.1)


def test_who_asked_under_the_secret_is_not_turned_out_by_strangers() -> None:
    places = lan_server.Places()
    lines = [socket.socketpair() for _ in range(lan_server.MOST_AT_ONCE + 2)]
    ours = [mine for mine, _ in lines]
    places.take(ours[0], "10.0.0.1")
    places.hear(ours[0])

    for number, line in enumerate(ours[1:], 2):
        assert places.take(line, f"10.0.0.{number}")
    turned_out = [number for number, (_, far) in enumerate(lines) if _is_closed(far)]

    assert turned_out == [1, 2], "the longest silent ones, and never the one that was heard"
    for line in ours[1:]:
        places.hear(line)
    with socket.socket() as more:
        assert not places.take(more, "10.0.0.99"), "every place is a neighbour's"
    for near, far in lines:
        near.close()
        far.close()


def test_one_address_has_few_places_and_loses_its_own_oldest() -> None:
    places = lan_server.Places()
    lines = [socket.socketpair() for _ in range(lan_server.MOST_OF_ONE + 2)]
    assert places.take(lines[0][0], "10.0.0.1")

    for near, _ in lines[1:]:
        assert places.take(near, "10.0.0.2")

    assert [number for number, (_, far) in enumerate(lines) if _is_closed(far)] == [1]
    for near, far in lines:
        near.close()
        far.close()


def _is_closed(far: socket.socket) -> bool:
    far.setblocking(False)
    try:
        return far.recv(1) == b""
    except BlockingIOError:
        return False

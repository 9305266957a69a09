"""The conversation with the relay: whatever goes wrong, in whichever phase, it is known what may be sent again."""

import re
import socket
from collections.abc import Iterator
from contextlib import closing
from itertools import product
from typing import Any

import pytest
from django.test import override_settings
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from newsletter.smtp import Connection, Phase, Relay, Unavailable
from tests.newsletter.smtp_faults import CERTIFICATE, Fault, FaultyRelay, Received, Stage

FROM = "b+0123456789abcdef@bounces.example"
TO = "reader@example.org"
WIRE = b"Subject: The Sunday brief\r\n\r\nOne line.\r\n..A dotted one.\r\n"
# More than any socket's buffers hold, so that the end cannot have left while the relay does not read.
LARGE = b"Subject: Large\r\n\r\n" + (b"x" * 998 + b"\r\n") * 32_000

ENVELOPE = (Stage.MAIL, Stage.RCPT, Stage.DATA)
REPLIES = {
    Fault.DEFER: ("deferred", 450),
    Fault.FAIL: ("failed", 550),
    Fault.CLOSING: ("deferred", 421),
}
WAITED_FOR = {Fault.SILENCE, Fault.TRICKLE}


def to(relay: FaultyRelay, *, host: str = "", **extra: Any) -> Relay:
    patient = {"connect_seconds": 20.0, "command_seconds": 20.0, "dot_seconds": 20.0}
    return Relay(host or relay.host, relay.port, **(patient | extra))


def hurried(fault: Fault) -> dict[str, Any]:
    """Wait only where waiting is what happens: a busy machine must not turn a reply into a time-out."""
    names = ("connect_seconds", "command_seconds", "dot_seconds")
    return dict.fromkeys(names, 0.4) if fault in WAITED_FOR else {}


def expected(stage: Stage, fault: Fault) -> tuple[str, int | None, bool]:
    """What a fault while a message is offered makes of it: result, code, and whether the connection lives."""
    if fault in REPLIES:
        result, code = REPLIES[fault]
        return result, code, fault is not Fault.CLOSING and stage is not Stage.BODY
    if stage is not Stage.DOT:
        said = {(Stage.DATA, Fault.WRONG): 250, (Stage.BODY, Fault.TWICE): 250}.get((stage, fault))
        return "unsent", said or ANY_CODE.get(fault), False
    if fault is Fault.TWICE:
        return "sent", 250, True
    return "ambiguous", ANY_CODE.get(fault), False


# A reply of another step, and a reply too many, are told to whoever looks into it.
ANY_CODE: dict[Fault, int | None] = {Fault.WRONG: 354, Fault.TWICE: 250}


@pytest.mark.parametrize(("stage", "fault"), list(product((*ENVELOPE, Stage.BODY, Stage.DOT), Fault)))
def test_what_becomes_of_a_message_follows_from_phase_and_fault(stage: Stage, fault: Fault) -> None:
    result, code, usable = expected(stage, fault)
    if (stage, fault) == (Stage.DATA, Fault.TWICE):
        code = 354
    wire = LARGE if stage is Stage.BODY else WIRE
    with (
        FaultyRelay().next(stage, fault) as relay,
        closing(Connection(to(relay, **hurried(fault)))) as connection,
    ):
        outcome = connection.send(FROM, TO, wire)
        assert (outcome.result, outcome.code, outcome.usable) == (result, code, usable)
        # At the dot alone the relay holds the message, whatever it says or does not say about it.
        assert len(relay.received) == (stage is Stage.DOT)
        again = connection.send(FROM, "next@example.org", WIRE)
    healthy = usable and fault is not Fault.TWICE
    assert again.result == ("sent" if healthy else "unsent")
    assert [message.recipient for message in relay.received][stage is Stage.DOT :] == (
        ["next@example.org"] if healthy else []
    )


def test_a_break_after_the_end_was_handed_over_is_doubtful_even_if_the_relay_read_only_a_part() -> None:
    with FaultyRelay().next(Stage.BODY, Fault.DROP) as relay, closing(Connection(to(relay))) as connection:
        assert connection.send(FROM, TO, WIRE).result == "ambiguous"


@pytest.mark.parametrize(
    ("stage", "phase"),
    [(Stage.MAIL, Phase.MAIL), (Stage.RCPT, Phase.RCPT), (Stage.DATA, Phase.DATA), (Stage.DOT, Phase.DOT)],
)
@pytest.mark.parametrize("fault", [Fault.DEFER, Fault.FAIL, Fault.CLOSING, Fault.DROP, Fault.GARBAGE])
def test_it_names_the_phase(stage: Stage, phase: Phase, fault: Fault) -> None:
    with FaultyRelay().next(stage, fault) as relay, closing(Connection(to(relay))) as connection:
        assert connection.send(FROM, TO, WIRE).phase is phase


@pytest.mark.parametrize(("stage", "fault"), list(product((Stage.BANNER, Stage.EHLO), Fault)))
def test_a_relay_that_does_not_greet_properly_is_unavailable(stage: Stage, fault: Fault) -> None:
    relay = FaultyRelay().next(stage, fault)
    with relay:
        if (stage, fault) == (Stage.EHLO, Fault.TWICE):
            # Known only when something else is read where the answer to MAIL should stand.
            with closing(Connection(to(relay))) as connection:
                assert connection.send(FROM, TO, WIRE).result == "unsent"
            return
        with pytest.raises(Unavailable) as caught:
            Connection(to(relay, **hurried(fault)))
    codes = {Fault.DEFER: 450, Fault.FAIL: 550, Fault.CLOSING: 421, Fault.WRONG: 354, Fault.TWICE: 220}
    assert (caught.value.phase, caught.value.code) == (Phase.CONNECT, codes.get(fault))
    assert relay.received == []


def test_a_relay_that_is_not_there_is_unavailable() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound, not listening: refused
        with pytest.raises(Unavailable, match="refused"):
            Connection(Relay("127.0.0.1", taken.getsockname()[1]))


@pytest.mark.parametrize("fault", list(Fault))
def test_a_refused_reader_costs_the_connection_only_if_it_cannot_be_made_ready(fault: Fault) -> None:
    relay = FaultyRelay().next(Stage.RCPT, Fault.FAIL).next(Stage.RSET, fault)
    with relay, closing(Connection(to(relay, **hurried(fault)))) as connection:
        outcome = connection.send(FROM, TO, WIRE)
        assert (outcome.result, outcome.code, outcome.status) == ("failed", 550, "5.7.1")
        # A second reply to RSET is noticed before the next MAIL.
        assert outcome.usable is (fault is Fault.TWICE)
        assert connection.send(FROM, TO, WIRE).result == "unsent"


def test_a_goodbye_said_while_nothing_was_asked_leaves_the_message_unsent() -> None:
    relay = FaultyRelay().next(Stage.DOT, Fault.TWICE)
    with relay, closing(Connection(to(relay))) as connection:
        connection.send(FROM, TO, WIRE)
        outcome = connection.send(FROM, TO, WIRE)
    assert (outcome.result, outcome.phase, outcome.code) == ("unsent", Phase.MAIL, 250)
    assert "out of turn" in outcome.reply
    assert relay.commands.count(b"MAIL FROM:<%b>" % FROM.encode()) == 1


def test_one_connection_serves_many_messages_and_says_goodbye() -> None:
    with FaultyRelay() as relay:
        connection = Connection(to(relay))
        outcomes = {connection.send(FROM, f"r{number}@example.org", WIRE).result for number in range(50)}
        connection.close()
        connection.close()
        assert connection.send(FROM, TO, WIRE).usable is False
    assert outcomes == {"sent"}
    assert relay.conversations == 1
    assert relay.commands[-1] == b"QUIT"
    assert [message.recipient for message in relay.received] == [
        f"r{number}@example.org" for number in range(50)
    ]
    assert {message.wire for message in relay.received} == {WIRE}


@pytest.mark.parametrize(
    "address",
    ["a@b.example\r\nRCPT TO:<other@b.example>", "a@b.example\n", "a b@c.example", "a>@c.example", "", "nobody",
     "a@b@c.example", "ü@b.example", "a\x00@b.example", '"a b"@c.example'],
)  # fmt: skip
def test_an_address_that_would_say_something_else_never_reaches_the_relay(address: str) -> None:
    with FaultyRelay() as relay, closing(Connection(to(relay))) as connection:
        refused = connection.send(FROM, address, WIRE)
        assert (refused.result, refused.phase, refused.status) == ("failed", Phase.RCPT, "5.1.3")
        assert refused.code is None
        if address:
            assert connection.send(address, TO, WIRE).phase is Phase.MAIL
        assert [command[:4] for command in relay.commands] == [b"ehlo"]
        assert connection.send("", TO, WIRE).result == "sent"
    assert relay.received[0].sender == ""


def test_a_message_without_its_last_line_end_is_a_mistake_of_ours() -> None:
    with FaultyRelay() as relay, closing(Connection(to(relay))) as connection:
        with pytest.raises(ValueError, match="CRLF"):
            connection.send(FROM, TO, b"Subject: cut")
        assert connection.send(FROM, TO, WIRE).result == "sent"


@pytest.fixture(scope="module")
def polite() -> Iterator[tuple[FaultyRelay, Connection]]:
    with FaultyRelay() as relay, closing(Connection(to(relay))) as connection:
        yield relay, connection


LINES = st.lists(
    st.one_of(st.binary(max_size=60), st.sampled_from([b".", b"..", b"", b".QUIT", b"QUIT", b"\x00", b"\xe4\xb8\xad"]))
    .map(lambda line: line.replace(b"\r", b"").replace(b"\n", b"")),
    min_size=1,
    max_size=40,
)  # fmt: skip


@given(LINES)
@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_what_arrives_is_what_was_rendered_byte_for_byte(
    polite: tuple[FaultyRelay, Connection], lines: list[bytes]
) -> None:
    relay, connection = polite
    message = b"".join(line + b"\r\n" for line in lines)
    assert connection.send(FROM, TO, re.sub(rb"(?m)^\.", b"..", message)).result == "sent"
    assert relay.received.pop().message == message


def test_a_large_message_arrives_whole() -> None:
    with FaultyRelay() as relay, closing(Connection(to(relay))) as connection:
        assert connection.send(FROM, TO, LARGE).result == "sent"
    assert relay.received == [Received(FROM, TO, LARGE)]


@pytest.mark.parametrize("tls", ["starttls", "implicit"])
def test_a_self_signed_certificate_is_refused(tls: Any) -> None:
    with FaultyRelay(tls=tls, password="secret") as relay:
        with pytest.raises(Unavailable, match="CERTIFICATE_VERIFY_FAILED"):
            Connection(to(relay, host="localhost", tls=tls, user="brief", password="secret"))
        assert all(b"AUTH" not in command for command in relay.commands)


@pytest.mark.parametrize("tls", ["starttls", "implicit"])
def test_a_certificate_of_another_host_is_refused(tls: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(CERTIFICATE))
    with FaultyRelay(tls=tls) as relay, pytest.raises(Unavailable, match="IP address mismatch"):
        Connection(to(relay, host="127.0.0.1", tls=tls))


@pytest.mark.parametrize("tls", ["starttls", "implicit"])
def test_over_tls_messages_arrive_and_breaks_are_told_apart_too(
    tls: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(CERTIFICATE))
    relay = FaultyRelay(tls=tls, password="secret")
    relay.next(Stage.DOT, None, None, Fault.DROP).next(Stage.BODY, None, None, None, Fault.DROP)
    told = to(relay, host="localhost", tls=tls, user="brief", password="secret")
    with relay:
        with closing(Connection(told)) as connection:
            assert connection.send(FROM, TO, WIRE).result == "sent"
            assert connection.send(FROM, TO, LARGE).result == "sent"
            assert connection.send(FROM, TO, WIRE).result == "ambiguous"
        with closing(Connection(told)) as connection:
            assert connection.send(FROM, TO, LARGE).result == "unsent"
    assert [len(message.wire) for message in relay.received] == [len(WIRE), len(LARGE), len(WIRE)]


def test_it_never_goes_on_in_the_clear_when_tls_is_asked_for() -> None:
    with FaultyRelay(password="secret") as relay:
        with pytest.raises(Unavailable) as caught:
            Connection(to(relay, tls="starttls", user="brief", password="secret"))
        assert relay.commands == [b"ehlo localhost", b"STARTTLS"]
    assert caught.value.code == 500


def test_what_was_said_before_tls_is_not_read_as_protected() -> None:
    relay = FaultyRelay(tls="starttls").next(Stage.STARTTLS, Fault.TWICE)
    with relay, pytest.raises(Unavailable, match="out of turn"):
        Connection(to(relay, host="localhost", tls="starttls"))


@pytest.mark.parametrize(
    ("fault", "code"), [(Fault.DEFER, 450), (Fault.FAIL, 550), (Fault.DROP, None), (Fault.GARBAGE, None)]
)
def test_a_relay_that_does_not_sign_us_in_is_unavailable(fault: Fault, code: int | None) -> None:
    relay = FaultyRelay(password="secret").next(Stage.AUTH, fault)
    with relay, pytest.raises(Unavailable, match="AUTH") as caught:
        Connection(to(relay, user="brief", password="secret"))
    assert caught.value.code == code


def test_a_wrong_password_is_told_by_its_code_and_never_repeated() -> None:
    with FaultyRelay(password="right") as relay, pytest.raises(Unavailable) as caught:
        Connection(to(relay, user="brief", password="hunter2"))
    assert caught.value.code == 535
    assert "hunter2" not in f"{caught.value!r} {caught.value.reply} {to(relay, password='hunter2')!r}"


@pytest.mark.parametrize(
    ("said", "status", "kept"),
    [
        (b"550 5.1.1 No such user\r\n", "5.1.1", "5.1.1 No such user"),
        (b"550-5.2.1 First\r\n550 5.2.1 \x00second\x1b[31m\r\n", "5.2.1", "5.2.1 First 5.2.1 second[31m"),
        (b"550 4.1.1 says two things\r\n", "", "4.1.1 says two things"),
        (b"550 sorry, 5.1.1 stands elsewhere\r\n", "", "sorry, 5.1.1 stands elsewhere"),
        (b"550 5.1.1000 too many digits\r\n", "", "5.1.1000 too many digits"),
        (b"550\r\n", "", ""),
        ("550 5.1.1 查無此人\u202e\r\n".encode(), "5.1.1", "5.1.1 查無此人"),
        (b"550 \xff\xfe\r\n", "", "\N{REPLACEMENT CHARACTER}\N{REPLACEMENT CHARACTER}"),
        (b"550 5.0.0 " + b"long " * 2000 + b"\r\n", "5.0.0", ("5.0.0 " + "long " * 2000)[:500]),
    ],
)
def test_what_the_relay_said_is_kept_short_clean_and_with_its_status(
    said: bytes, status: str, kept: str
) -> None:
    with FaultyRelay().next(Stage.RCPT, said) as relay, closing(Connection(to(relay))) as connection:
        outcome = connection.send(FROM, TO, WIRE)
    assert (outcome.result, outcome.status, outcome.reply) == ("failed", status, kept)


@override_settings(
    EMAIL_HOST="relay.example", EMAIL_PORT=587, EMAIL_HOST_USER="u", EMAIL_HOST_PASSWORD="p", EMAIL_USE_TLS=True,
    EMAIL_USE_SSL=False, NEWSLETTER_CONNECT_SECONDS=1.0, NEWSLETTER_COMMAND_SECONDS=2.0, NEWSLETTER_DOT_SECONDS=3.0,
)  # fmt: skip
def test_the_relay_is_the_one_of_the_settings() -> None:
    assert Relay.from_settings() == Relay(
        "relay.example", 587, "u", "p", "starttls", 1.0, 2.0, 3.0, "127.0.0.1"
    )
    with override_settings(EMAIL_USE_TLS=False, EMAIL_USE_SSL=True, EMAIL_HOST_PASSWORD=None):
        assert (Relay.from_settings().tls, Relay.from_settings().password) == ("implicit", "")

"""The far end of SMTP: a real conversation, over a real socket, into the folder."""

import smtplib
import socket
from collections.abc import Iterator

import pytest
from django.core.mail import EmailMultiAlternatives, get_connection

from newsletter.mailbox import folder
from newsletter.mailbox.sink import HOST, sink
from newsletter.smtp import Connection, Relay
from tests.newsletter.mailbox.conftest import mail


@pytest.fixture
def port() -> Iterator[int]:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        free = int(probe.getsockname()[1])
    server = sink(free)
    server.start()
    yield free
    server.stop()


def test_what_our_own_client_sends_arrives_byte_for_byte(port: int) -> None:
    dotted = mail(text="..\r\n")
    connection = Connection(Relay(HOST, port))
    outcome = connection.send(
        "b+1@bounces.example", "reader@example.org", dotted.replace(b"\r\n..\r\n", b"\r\n...\r\n")
    )
    connection.close()
    assert (outcome.result, outcome.status) == ("sent", "2.0.0")
    kept = folder.read(folder.names()[0])
    assert kept is not None
    assert (kept[0].recipient, kept[1]) == ("reader@example.org", dotted)


def test_each_recipient_has_a_copy(port: int) -> None:
    with smtplib.SMTP(HOST, port, local_hostname="localhost") as client:
        client.sendmail("desk@example.org", ["a@example.org", "b@example.org"], mail())
    assert [one.recipient for one in folder.found("")] == ["b@example.org", "a@example.org"]
    assert {one.sender for one in folder.found("")} == {"desk@example.org"}


def test_a_mail_of_the_desk_arrives_too(port: int) -> None:
    wire = get_connection("django.core.mail.backends.smtp.EmailBackend", host=HOST, port=port)
    message = EmailMultiAlternatives(
        "確認", "文字", "desk@example.org", ["reader@example.org"], connection=wire
    )
    message.attach_alternative("<p>文字</p>", "text/html")
    assert message.send() == 1
    assert [one.recipient for one in folder.found("")] == ["reader@example.org"]

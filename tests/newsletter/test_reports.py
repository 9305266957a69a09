"""What comes back by mail is read for what it is, and nothing a stranger sends breaks the reading."""

import json
import random
from email.mime.text import MIMEText
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from newsletter import reports
from newsletter.reports import Kind, Token
from tests.newsletter.inbound_mail import FORGED, NAMES, message

READER = ("Reader@receiver.example",)
BOUNCE, LEAVE = Token("bounce", FORGED, "recipient"), Token("leave", FORGED, "recipient")


@pytest.mark.parametrize(
    ("name", "status", "temporary"),
    [
        ("gone", "5.1.1", False),
        ("blocked", "5.7.1", False),
        # The reporting server called it 5.1.1; the receiver, whose reply it quotes, meant something else.
        ("blocked_called_gone", "5.7.1", False),
        ("gave_up", "4.2.2", False),
        ("delayed", "4.4.1", True),
    ],
)
def test_a_delivery_status_says_whom_it_failed_for_and_why(name: str, status: str, temporary: bool) -> None:
    report = reports.read(message(name))
    assert (report.kind, report.status, report.temporary, report.addresses) == (
        Kind.BOUNCE,
        status,
        temporary,
        READER,
    )
    assert report.tokens == (BOUNCE,)


def test_good_news_is_no_bounce() -> None:
    assert reports.read(message("delivered")).kind is Kind.OTHER


def test_a_bounce_in_words_has_an_address_and_no_code() -> None:
    report = reports.read(message("exim_old"))
    assert (report.kind, report.status, report.temporary) == (Kind.BOUNCE, "", False)
    assert report.addresses == ("reader@receiver.example",)


@pytest.mark.parametrize("name", ["away", "away_by_subject"])
def test_an_answer_from_a_holiday_is_no_bounce_whatever_it_says(name: str) -> None:
    assert reports.read(message(name)).kind is Kind.VACATION


@pytest.mark.parametrize(
    "header",
    [
        "X-Autoreply: yes",
        "X-Autorespond: away",
        "Precedence: auto_reply",
        "Auto-Submitted: auto-replied",
        "Precedence: bulk",
    ],
)
def test_every_way_of_saying_that_a_machine_answers_is_heard(header: str) -> None:
    answer = message("letter").replace(b"Subject: Thank you", header.encode())
    assert reports.read(answer).kind is Kind.VACATION


@pytest.mark.parametrize(
    "subject",
    [
        "Out of Office: Re: The Sunday brief",
        "Automatic reply: The Sunday brief",
        "自動回覆：週日簡報",
        "Abwesenheitsnotiz",
        "=?unknown-8bit?q?Automatic_reply?=",
        "=?utf-8?b?QXV0b21hdGljIHJlcGx5?=",
    ],
)
def test_a_subject_says_that_somebody_is_away(subject: str) -> None:
    answer = message("letter").replace(b"Thank you", subject.encode())
    assert reports.read(answer).kind is Kind.VACATION


def test_a_letter_from_a_person_is_neither() -> None:
    report = reports.read(message("letter"))
    assert (report.kind, report.tokens) == (Kind.OTHER, (BOUNCE,))


def test_mail_of_any_content_to_the_leave_address_asks_to_leave() -> None:
    report = reports.read(message("leave"))
    assert (report.kind, report.tokens) == (Kind.UNSUBSCRIBE, (LEAVE,))
    assert reports.read(b"\n", f"LEAVE+{FORGED.upper()}@b.example").kind is Kind.UNSUBSCRIBE


@pytest.mark.parametrize("name", ["gone", "exim_old", "away"])
def test_what_a_machine_sends_to_the_leave_address_asks_for_nothing(name: str) -> None:
    report = reports.read(message(name, bounce=f"leave+{FORGED}@b.example"))
    assert report.kind is not Kind.UNSUBSCRIBE


@pytest.mark.parametrize(
    ("name", "tokens"),
    [
        ("complaint", {Token("bounce", FORGED, "original")}),
        ("complaint_headers", {Token("leave", FORGED, "original")}),
        ("complaint_fields", {Token("bounce", FORGED, "original")}),
    ],
)
def test_a_complaint_names_the_reader_in_the_message_complained_about(name: str, tokens: set[Token]) -> None:
    report = reports.read(message(name))
    assert report.kind is Kind.COMPLAINT
    assert set(report.tokens) == tokens


@pytest.mark.parametrize("name", ["praised", "forensic"])
def test_praise_and_forensic_reports_are_no_complaints(name: str) -> None:
    assert reports.read(message(name)).kind is Kind.OTHER


def test_the_recipient_of_the_envelope_counts_before_what_headers_say() -> None:
    other = f"99{FORGED}"
    report = reports.read(message("gone"), f"bounce+{other}@b.example")
    assert [token.text for token in report.tokens] == [other, FORGED]


@pytest.mark.parametrize("header", ["X-Original-To", "Delivered-To", "Envelope-To", "To"])
def test_without_an_envelope_the_headers_name_the_recipient(header: str) -> None:
    given = message("gone").replace(b"\nTo: ", f"\n{header}: ".encode(), 1)
    assert reports.read(given).tokens == (BOUNCE,)


def test_a_token_elsewhere_in_a_bounce_is_not_its_recipient() -> None:
    given = message("gone").replace(b"\nTo: bounce+", b"\nTo: somebody+", 1)
    assert reports.read(given).tokens == ()


@pytest.mark.parametrize(
    "near",
    [
        f"bounce+{FORGED}0@b.example", f"xbounce+{FORGED}@b.example", f"bounce+{FORGED[:-1]}@b.example",
        f"bounce+-{FORGED}@b.example", f"bounce+{'9' * 19}{FORGED}@b.example", "bounce+@b.example", f"bounce+{FORGED}",
    ],
)  # fmt: skip
def test_what_is_only_nearly_a_token_is_none(near: str) -> None:
    assert reports.read(message("letter", bounce=near)).tokens == ()


def test_a_server_that_wraps_the_sender_in_its_own_is_understood() -> None:
    wrapped = f"SRS0=x7Ab=QK=b.example=bounce+{FORGED}@forward.example"
    assert reports.read(message("gone", bounce=wrapped)).tokens == (BOUNCE,)


def test_the_same_message_keeps_its_name_though_servers_add_headers_on_the_way() -> None:
    given = message("gone")
    anonymous = given.replace(b"Message-ID: <gone@mx.receiver.example>\n", b"")
    for one in (given, anonymous):
        assert reports.read(one).name == reports.read(b"Received: from elsewhere\n" + one).name
    assert len({reports.read(one).name for one in (given, anonymous, message("blocked"))}) == 3


def test_the_line_an_mta_puts_in_front_of_a_pipe_is_no_header() -> None:
    assert reports.read(b"From MAILER-DAEMON  Sun Nov 22 07:03:11 2026\n" + message("gone")).status == "5.1.1"


def test_a_delivery_status_in_an_attached_message_is_not_this_ones() -> None:
    forwarded = b"Subject: Look\nTo: x\nMIME-Version: 1.0\nContent-Type: message/rfc822\n\n" + message("gone")
    assert reports.read(forwarded).status == ""


def test_an_internationalised_delivery_status_is_read() -> None:
    # RFC 6533
    given = message("gone").replace(b"message/delivery-status", b"message/global-delivery-status")
    report = reports.read(given)
    assert (report.kind, report.status, report.addresses) == (Kind.BOUNCE, "5.1.1", READER)


@pytest.mark.parametrize(
    ("reply", "status"),
    [
        ("550 5.1.1 User unknown", "5.1.1"),
        ("550-5.7.26 unauthenticated", "5.7.26"),
        ("smtp;550 5.1.10 RESOLVER.ADR.RecipientNotFound; not 5.1.1", "5.1.10"),
        ("550 #5.1.0 Address rejected.", "5.1.0"),
        ("5.2.1 (mailbox disabled)", "5.2.1"),
        ("550 host 5.1.1.2 is listed", ""),
        ("250 2.0.0 ok", ""),
        ("550 no such user", ""),
    ],
)
def test_the_enhanced_code_is_found_in_a_reply_and_not_in_a_network_address(reply: str, status: str) -> None:
    assert reports.status_in(reply) == status


# Hostile mail ---------------------------------------------------------------------------------------------


def _unharmed(raw: bytes, recipient: str = "") -> None:
    """Read something broken: no exception, and no token that does not stand there to be read."""
    report = reports.read(raw, recipient)
    readable = (raw + recipient.encode()).lower()
    for token in report.tokens:
        assert token.text.partition("-")[2].encode() in readable


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from(NAMES), st.randoms(use_true_random=False))
def test_a_sample_with_bytes_lost_doubled_or_changed_is_read_without_harm(
    name: str, chance: random.Random
) -> None:
    raw = bytearray(message(name))
    for _change in range(chance.randrange(1, 30)):
        at = chance.randrange(len(raw))
        match chance.randrange(5):
            case 0:
                raw[at] = chance.randrange(256)
            case 1:
                del raw[at : at + chance.randrange(80)]
            case 2:
                raw[at:at] = raw[at : at + chance.randrange(200)]
            case 3:
                raw[at:at] = chance.choice(
                    [b"\n\n", b"\r\n", b"\0", b"\xff\xfe", b"=?", b";", b"--=_1\n", b"\n "]
                )
            case _:
                raw = raw[: max(at, 1)] if chance.random() < 0.1 else raw
        raw = raw or bytearray(b"\n")
    _unharmed(bytes(raw))


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=2000), st.text(max_size=200))
def test_any_bytes_at_all_are_read_without_harm(raw: bytes, recipient: str) -> None:
    _unharmed(raw, recipient)


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\n",
        b"Content-Type: multipart/report; boundary=\n\n--\n--\n",
        b"Content-Type: message/delivery-status\n\nFinal-Recipient: rfc822;\nAction: failed\n",
        b"Content-Type: message/delivery-status\n\n\xff\xfe: \xff\n\nFinal-Recipient: \xe9\nAction: failed\nStatus: \xff\n",
        b"Content-Type: message/feedback-report\nContent-Transfer-Encoding: base64\n\n!!!\n",
        b"Content-Type: text/plain; charset=\"no-such-charset\"\nSubject: =?no-such?b?AAAA?=\n\n\xff",
        b"Content-Type: text/plain\nContent-Transfer-Encoding: x-uuencode\n\nbegin 666 x\n\xff\xff\xff\nend\n",
        b"From: \xff\xfe\nTo: \xff\nMessage-ID: \xff\nX-Failed-Recipients: \xff\n\n\xff",
        b"From: MAILER-DAEMON\nContent-Type: multipart/mixed; boundary*=x''y\n\n--y\n\n550 <\xff@\xff>\n--y--",
        b"".join(b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (n, n) for n in range(3000)),
        b"Content-Type: message/rfc822\n\n" * 3000,
        b"Content-Type: message/delivery-status; charset=idna\n\n\xff",
        b"Content-Type: message/global-delivery-status\n\nContent-Type: x/y; charset=idna\n\n\xff\n\n\xff",
    ],
)  # fmt: skip
def test_known_traps_are_read_without_harm(raw: bytes) -> None:
    _unharmed(raw)


def test_a_long_message_is_read_by_its_beginning() -> None:
    assert reports.read(message("gone") + b"x" * 3 * reports.LIMIT).status == "5.1.1"


def test_words_in_a_part_that_is_encoded_are_no_token() -> None:
    hidden = MIMEText(f"To: bounce+{FORGED}@b.example", _charset="utf-8")
    assert reports.read(hidden.as_bytes()).tokens == ()


@pytest.mark.corpus
def test_59_real_bounces_of_every_make_are_classed_as_expected(shared: Path) -> None:
    folder = shared / "data" / "email" / "bounces"
    expected = json.loads((folder / "expected.json").read_text())
    assert len(expected) == 59
    for name, answer in expected.items():
        report = reports.read((folder / name).read_bytes())
        assert (report.kind is Kind.BOUNCE) == bool(answer["addresses"]), name
        assert set(report.addresses) == set(answer["addresses"]), name
        assert report.temporary is answer["temporary"], name
        assert report.tokens == (), name


@pytest.mark.corpus
def test_real_mail_that_is_no_report_is_not_taken_for_one(shared: Path) -> None:
    letters = sorted((shared / "data" / "email" / "messages").rglob("*.eml"))
    assert letters
    for letter in letters:
        assert reports.read(letter.read_bytes()).kind in (Kind.OTHER, Kind.VACATION), letter.name

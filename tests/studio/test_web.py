"""Addresses that users name lead to public servers only, and give no more than was asked for."""

from __future__ import annotations

import gzip
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from studio import web
from studio.errors import AddressRefused, DownloadFailed, DownloadUnavailable
from studio.settings import get_settings

PRIVATE = [
    "127.0.0.1", "127.255.1.2", "0.0.0.0", "10.1.2.3", "100.64.0.1", "169.254.169.254", "172.16.0.1", "172.31.255.255",
    "192.0.0.8", "192.0.2.1", "192.88.99.1", "192.168.1.1", "198.18.0.1", "198.51.100.1", "203.0.113.1", "224.0.0.1",
    "240.0.0.1", "255.255.255.255", "::", "::1", "::ffff:127.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::", "2001::1",
    "2001:db8::1", "fc00::1", "fe80::1", "fe80::1%eth0", "ff02::1", "3fff::1",
]  # fmt: skip
PUBLIC = ["1.1.1.1", "8.8.8.8", "172.32.0.1", "100.128.0.1", "2606:4700::1111", "2a00:1450:4001::1"]

SPELLINGS = [
    "http://127.1/", "http://0x7f.1/", "http://2130706433/", "http://0177.0.0.1/", "http://0/", "http://[::1]/",
    "http://[::ffff:127.0.0.1]/", "http://[::ffff:7f00:1]/", "http://[64:ff9b::7f00:1]/", "http://localhost/",
    "http://１２７.0.0.1/", "http://127。0。0。1/", "http://ⓛocalhost/", "http://169.254.169.254/latest/meta-data",
]  # fmt: skip
NO_WEB_ADDRESS = [
    "ftp://example.com/", "file:///etc/passwd", "gopher://example.com/", "javascript:alert(1)", "//example.com/", "",
    "example.com", "http://", "http://user:pw@example.com/", "http://user@example.com/", "http://example.com:22/",
    "https://example.com:80/", "http://example.com:99999/", "http://example.com:x/", "http://[::1/",
]  # fmt: skip


@pytest.mark.parametrize("address", PRIVATE)
def test_a_private_address_is_not_public(address: str) -> None:
    assert not web.is_public(address)


@pytest.mark.parametrize("address", PUBLIC)
def test_a_public_address_is(address: str) -> None:
    assert web.is_public(address)


@pytest.mark.parametrize("url", SPELLINGS)
def test_however_a_private_address_is_spelt_nothing_connects_to_it(
    url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(socket, "create_connection", None)
    with pytest.raises((AddressRefused, DownloadFailed)) as caught:
        web.download(url, tmp_path / "file", max_bytes=100, timeout_s=5, field="assets.0")

    assert caught.value.field == "assets.0"
    assert not (tmp_path / "file").exists()


@pytest.mark.parametrize("url", NO_WEB_ADDRESS)
def test_what_is_no_plain_web_address_is_refused_before_it_is_resolved(
    url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", None)
    with pytest.raises(AddressRefused):
        web.download(url, tmp_path / "file", max_bytes=100, timeout_s=5)


Respond = Callable[[BaseHTTPRequestHandler], None]


@contextmanager
def serving(respond: Respond, *, tls: ssl.SSLContext | None = None) -> Iterator[tuple[int, list[str]]]:
    """A server on this machine; gives its port and the hosts that were asked for."""
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(str(self.headers["Host"]))
            respond(self)

        do_POST = do_GET  # noqa: N815

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.handle_error = lambda *_: None  # type: ignore[method-assign]
    if tls:
        server.socket = tls.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield server.server_port, asked
    finally:
        server.shutdown()
        server.server_close()


@pytest.fixture
def internet(monkeypatch: pytest.MonkeyPatch) -> Callable[..., list[str]]:
    """Names that lead to addresses of our choice, and a public address that is really a server on this machine."""
    resolved: list[str] = []

    def lay(names: dict[str, list[str]], *, port: int) -> list[str]:
        def getaddrinfo(host: str, *_: Any, **__: Any) -> list[Any]:
            resolved.append(host)
            return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, 80)) for address in names[host]]

        def create_connection(address: tuple[str, int], *_: Any, **__: Any) -> socket.socket:
            assert address[0] == "1.1.1.1", f"connected to {address}"
            connection = socket.socket()
            connection.connect(("127.0.0.1", port))
            return connection

        monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
        monkeypatch.setattr(socket, "create_connection", create_connection)
        return resolved

    return lay


def answer(body: bytes = b"hello", *, status: int = 200, **headers: str) -> Respond:
    def respond(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **headers}.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.end_headers()
        handler.wfile.write(body)

    return respond


def get(url: str, folder: Path, *, max_bytes: int = 1000, timeout_s: float = 5) -> web.Fetched:
    return web.download(url, folder / "file", max_bytes=max_bytes, timeout_s=timeout_s)


def test_a_public_server_is_asked_by_its_name_and_resolved_once(
    tmp_path: Path, internet: Callable[..., list[str]]
) -> None:
    with serving(answer(Content_Type="image/png; charset=x")) as (port, asked):
        resolved = internet({"pictures.example": ["1.1.1.1"]}, port=port)
        fetched = get("http://pictures.example/a.png", tmp_path)

    assert (fetched.media_type, fetched.size, (tmp_path / "file").read_bytes()) == ("image/png", 5, b"hello")
    assert (asked, resolved) == (["pictures.example"], ["pictures.example"])


def test_a_name_with_one_private_address_among_public_ones_is_refused(
    tmp_path: Path, internet: Callable[..., list[str]]
) -> None:
    with serving(answer()) as (port, asked):
        internet({"mixed.example": ["1.1.1.1", "10.0.0.1"]}, port=port)
        with pytest.raises(AddressRefused):
            get("http://mixed.example/", tmp_path)

    assert asked == []


@pytest.mark.parametrize("target", ["http://metadata.example/", "http://127.0.0.1/", "file:///etc/passwd"])
def test_a_redirect_to_a_private_address_is_not_followed(
    tmp_path: Path, internet: Callable[..., list[str]], target: str
) -> None:
    with serving(answer(status=302, Location=target)) as (port, asked):
        names = {"start.example": ["1.1.1.1"], "metadata.example": ["169.254.169.254"], "127.0.0.1": ["127.0.0.1"]}
        internet(names, port=port)
        with pytest.raises(AddressRefused):
            get("http://start.example/", tmp_path)

    assert asked == ["start.example"]


def test_a_loop_of_redirects_ends(tmp_path: Path, internet: Callable[..., list[str]]) -> None:
    with serving(answer(status=302, Location="http://start.example/")) as (port, asked):
        internet({"start.example": ["1.1.1.1"]}, port=port)
        with pytest.raises(DownloadFailed, match="redirects more than 3 times"):
            get("http://start.example/", tmp_path)

    assert len(asked) == 4


def test_an_answer_that_says_it_is_too_long_is_not_read(tmp_path: Path, internet: Callable[..., list[str]]) -> None:
    with serving(answer(b"x" * 2000)) as (port, _):
        internet({"big.example": ["1.1.1.1"]}, port=port)
        with pytest.raises(DownloadFailed, match="larger than 1000 bytes"):
            get("http://big.example/", tmp_path)

    assert not (tmp_path / "file").exists()


def test_an_answer_without_end_is_cut_off(tmp_path: Path, internet: Callable[..., list[str]]) -> None:
    def endless(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.end_headers()
        try:
            while True:
                handler.wfile.write(b"x" * 4096)
        except OSError:
            pass

    with serving(endless) as (port, _):
        internet({"endless.example": ["1.1.1.1"]}, port=port)
        with pytest.raises(DownloadFailed, match="larger than"):
            get("http://endless.example/", tmp_path, max_bytes=100_000)

    assert not (tmp_path / "file").exists()


def test_a_byte_now_and_then_does_not_prolong_the_wait(tmp_path: Path, internet: Callable[..., list[str]]) -> None:
    def drip(handler: BaseHTTPRequestHandler) -> None:
        try:
            while True:
                handler.wfile.write(b"H")
                time.sleep(0.05)
        except OSError:
            pass

    with serving(drip) as (port, _):
        internet({"slow.example": ["1.1.1.1"]}, port=port)
        started = time.monotonic()
        with pytest.raises(DownloadFailed):
            get("http://slow.example/", tmp_path, timeout_s=0.5)

    assert time.monotonic() - started < 3


def test_a_packed_answer_stays_packed(tmp_path: Path, internet: Callable[..., list[str]]) -> None:
    packed = gzip.compress(b"0" * 1_000_000)
    with serving(answer(packed, Content_Encoding="gzip")) as (port, _):
        internet({"bomb.example": ["1.1.1.1"]}, port=port)
        fetched = get("http://bomb.example/", tmp_path, max_bytes=10_000)

    assert fetched.size == len(packed)


def test_proxies_of_the_environment_are_not_used(
    tmp_path: Path, internet: Callable[..., list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://proxy.example:3128")
    monkeypatch.setenv("ALL_PROXY", "http://proxy.example:3128")
    with serving(answer()) as (port, _):
        resolved = internet({"pictures.example": ["1.1.1.1"]}, port=port)
        get("http://pictures.example/", tmp_path)

    assert resolved == ["pictures.example"]


def certificate(folder: Path, name: str) -> Path:
    """Certificate and key of a server called *name*, signed by itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder(subject, subject, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path = folder / f"{name}.pem"
    path.write_bytes(private + made.public_bytes(serialization.Encoding.PEM))
    return path


@pytest.mark.parametrize(
    ("own_name", "is_trusted", "is_asked"),
    [("pictures.example", True, True), ("pictures.example", False, False), ("other.example", True, False)],
)
def test_a_server_with_a_wrong_certificate_is_not_asked(
    tmp_path: Path,
    internet: Callable[..., list[str]],
    monkeypatch: pytest.MonkeyPatch,
    own_name: str,
    is_trusted: bool,
    is_asked: bool,
) -> None:
    pem = certificate(tmp_path, own_name)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem)
    if is_trusted:
        trust(pem, monkeypatch)
    with serving(answer(), tls=context) as (port, asked):
        internet({"pictures.example": ["1.1.1.1"]}, port=port)
        with nullcontext() if is_asked else pytest.raises(DownloadFailed, match="no answer"):
            get("https://pictures.example/", tmp_path)

    assert asked == ["pictures.example"] * is_asked


def trust(pem: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let whatever is connected from here on trust the certificate in *pem*."""
    create = ssl.SSLContext.wrap_bio, ssl.SSLContext.wrap_socket

    def trusting(wrap: Callable[..., Any]) -> Callable[..., Any]:
        def wrapped(context: ssl.SSLContext, *arguments: Any, **options: Any) -> Any:
            if not options.get("server_side"):
                context.load_verify_locations(pem)
            return wrap(context, *arguments, **options)

        return wrapped

    for name, wrap in zip(("wrap_bio", "wrap_socket"), create, strict=True):
        monkeypatch.setattr(ssl.SSLContext, name, trusting(wrap))


def test_an_error_of_the_server_is_told_and_leaves_no_file(tmp_path: Path, internet: Callable[..., list[str]]) -> None:
    with serving(answer(status=404)) as (port, _):
        internet({"gone.example": ["1.1.1.1"]}, port=port)
        with pytest.raises(DownloadFailed, match="the server answered 404"):
            get("http://gone.example/", tmp_path)

    assert not (tmp_path / "file").exists()


@pytest.mark.parametrize(("status", "is_passing"), [(400, False), (403, False), (429, True), (500, True), (503, True)])
def test_what_may_be_there_later_can_be_told_from_what_will_not(
    tmp_path: Path, internet: Callable[..., list[str]], status: int, is_passing: bool
) -> None:
    with serving(answer(status=status)) as (port, _):
        internet({"gone.example": ["1.1.1.1"]}, port=port)
        with pytest.raises(DownloadFailed) as caught:
            get("http://gone.example/", tmp_path)

    assert isinstance(caught.value, DownloadUnavailable) is caught.value.retryable is is_passing


def test_a_server_that_is_away_may_be_back_later(tmp_path: Path, internet: Callable[..., list[str]]) -> None:
    internet({"gone.example": ["1.1.1.1"]}, port=1)

    with pytest.raises(DownloadUnavailable, match="no answer"):
        get("http://gone.example/", tmp_path)


def test_a_post_follows_no_redirect_and_keeps_little(internet: Callable[..., list[str]]) -> None:
    with serving(answer(b"y" * 5000, status=302, Location="http://127.0.0.1/")) as (port, asked):
        internet({"hook.example": ["1.1.1.1"]}, port=port)
        answered = web.post("http://hook.example/", b"{}", headers={}, timeout_s=5, keep_bytes=2000)

    assert (answered.status, len(answered.content), len(asked)) == (302, 2000, 1)


def test_the_operator_may_open_private_addresses(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PRIVATE_ADDRESSES", "true")
    get_settings.cache_clear()
    try:
        with serving(answer()) as (port, _):
            assert get(f"http://127.0.0.1:{port}/", tmp_path).size == 5
    finally:
        monkeypatch.undo()
        get_settings.cache_clear()

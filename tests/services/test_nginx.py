"""The nginx example of ``deploy/``: TLS and a sub-path in front of the real program."""

import os
import shutil
import ssl
import subprocess
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.services.program import ROOT, Program, fetch, free_port, serving

pytestmark = pytest.mark.services


@pytest.fixture(scope="module")
def behind_nginx(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Program]]:
    """Address of the proxy, and the program behind it."""
    folder = tmp_path_factory.mktemp("nginx")
    port, inner = free_port(), free_port()
    address = f"https://localhost:{port}/threatboard"
    settings = {"PUBLIC_URL": address, "URL_PREFIX": "/threatboard", "PROXY_HOPS": "1", "PORT": str(inner)}
    with serving(folder, **settings) as program, _nginx(folder, port, inner):
        yield address, program


class _nginx:  # reads as a context manager
    def __init__(self, folder: Path, port: int, inner: int) -> None:
        binary = shutil.which("nginx") or "/usr/sbin/nginx"
        configuration = _configuration(folder, port, inner)
        self._command = [binary, "-p", str(folder), "-c", str(configuration), "-g", "daemon off;"]

    def __enter__(self) -> None:
        subprocess.run([*self._command, "-t"], check=True, capture_output=True)
        self._process = subprocess.Popen(self._command, stderr=subprocess.DEVNULL)

    def __exit__(self, *_error: object) -> None:
        self._process.terminate()
        self._process.wait(20)


def _configuration(folder: Path, port: int, inner: int) -> Path:
    certificate, key = folder / "cert.pem", folder / "key.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost",
         "-addext", "subjectAltName=DNS:localhost", "-keyout", str(key), "-out", str(certificate)],
        check=True, capture_output=True,
    )  # fmt: skip
    site = (ROOT / "deploy/nginx.conf").read_text()
    for example, ours in {
        "listen 443 ssl;": f"listen 127.0.0.1:{port} ssl;",
        "mail.example;": "localhost;",
        "/etc/ssl/threatboard.crt": str(certificate),
        "/etc/ssl/threatboard.key": str(key),
        "http://127.0.0.1:8050": f"http://127.0.0.1:{inner}",
    }.items():
        assert example in site
        site = site.replace(example, ours)
    user = "user root;" if os.geteuid() == 0 else ""
    temporary = "".join(
        f"{name}_temp_path {folder}/{name};" for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    path = folder / "nginx.conf"
    path.write_text(
        f"{user} pid {folder}/nginx.pid; error_log {folder}/error.log; events {{}} "
        f"http {{ access_log off; {temporary}\n{site}\n}}"
    )
    return path


def get(address: str, tmp: Path | None = None, **headers: str) -> tuple[int, str, dict[str, str]]:
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return fetch(address, urllib.request.HTTPSHandler(context=context), **headers)


def test_pages_links_and_assets_stay_under_the_path(behind_nginx: tuple[str, Program]) -> None:
    address, _ = behind_nginx
    status, _, headers = get(f"{address}/explorer?q=a")
    assert status == 302
    assert headers["Location"].startswith(("/threatboard/sign-in", f"{address}/sign-in"))
    status, page, _ = get(f"{address}/setup")
    assert status == 200
    for link in {part.split('"')[0] for part in page.split('href="')[1:] + page.split('src="')[1:]}:
        assert link.startswith(("/threatboard/", "#", "data:")), link
        if link.startswith("/"):
            assert get(address.removesuffix("/threatboard") + link)[0] == 200, link


def test_the_cookie_is_for_tls_only(behind_nginx: tuple[str, Program]) -> None:
    address, _ = behind_nginx
    _, _, headers = get(f"{address}/setup")
    assert "Strict-Transport-Security" in headers
    assert "Secure" in headers["Set-Cookie"]


def test_the_log_has_the_visitors_address_not_what_they_claim(behind_nginx: tuple[str, Program]) -> None:
    address, program = behind_nginx
    _, _, headers = get(f"{address}/setup", X_Forwarded_For="203.0.113.99")
    line = program.wait_for(headers["X-Request-ID"])
    assert '"address": "127.0.0.1"' in line


@pytest.mark.parametrize("path", ["/metrics", "/readyz"])
def test_what_monitors_ask_is_not_outside(behind_nginx: tuple[str, Program], path: str) -> None:
    assert get(behind_nginx[0] + path)[0] == 404

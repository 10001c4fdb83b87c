"""What the browser loads: our own files and the built ones under versioned addresses, and everything sent small.

``build_assets/build.mjs`` makes ``assets/vendor`` with a manifest and compressed twins. The component suites of Dash
are compressed the first time they are asked for and kept on disk, because they are large and never change.
"""

import gzip
import hashlib
import json
import threading
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import brotli
from flask import Flask, Response, request

ASSETS = Path(__file__).parents[1] / "assets"
FIRST_STYLES, LAST_STYLES = ("tokens", "base", "shell", "card", "charts"), ("print",)
ELSEWHERE = {"sign-in"}  # the sign-in page stands alone
EARLY_SCRIPT = "theme"
SCRIPTS = (
    *("address", "still", "chart", "requests", "shell", "volume", "tabs", "explorer", "export", "grid", "columns"),
    *("message", "entity", "copy", "keys", "querybar", "cellmenu", "combo", "buildercondition", "builder", "chartmenu"),
    *("saved", "views", "print", "early"),
)
LEAST_WORTH = 1_000
SETUP_EFFORT, STATIC_EFFORT, DYNAMIC_EFFORT = 11, 9, 4
_TEXT = ("text/", "application/json", "application/javascript", "image/svg+xml", "application/vnd.plotly")
SUITES = "/_dash-component-suites/"


class AssetsNotBuilt(Exception):
    """The files that ``make setup`` builds are missing."""


@dataclass(frozen=True)
class BrowserFiles:
    """Addresses of the files of one app, below ``prefix`` (which ends in a slash)."""

    prefix: str

    @cached_property
    def _manifest(self) -> dict[str, str]:
        try:
            manifest: dict[str, str] = json.loads((ASSETS / "vendor" / "manifest.json").read_text())
        except FileNotFoundError:
            raise AssetsNotBuilt("the browser files are not built: run make setup") from None
        return manifest

    def built(self, name: str) -> str:
        """Address of a built file by its plain name, such as ``plotly.js``, or of the folder ``topojson``."""
        return f"{self.prefix}assets/vendor/{self._manifest[name]}"

    def ours(self, path: str) -> str:
        """Address of a file of ``assets``; it changes with the content, so it may be kept for a year."""
        digest = hashlib.sha256((ASSETS / path).read_bytes()).hexdigest()[:12]
        return f"{self.prefix}assets/{path}?v={digest}"

    @property
    def styles(self) -> list[str]:
        """Stylesheets in the order they apply."""
        placed = {*FIRST_STYLES, *LAST_STYLES, *ELSEWHERE}
        others = sorted(path.stem for path in (ASSETS / "css").glob("*.css") if path.stem not in placed)
        built = [self.built("inter.css"), self.built("icons.css")]
        return built + [self.ours(f"css/{name}.css") for name in (*FIRST_STYLES, *others, *LAST_STYLES)]

    @property
    def early_script(self) -> str:
        """What runs before the first paint."""
        return self.ours(f"js/{EARLY_SCRIPT}.js")

    @property
    def scripts(self) -> list[str]:
        """Scripts that must be there before Dash starts; the plotly.js among them replaces Dash's own."""
        ours = [self.ours(f"js/{name}.js") for name in SCRIPTS]
        return [*ours, self.built("plotly.js"), self.built("regenerator.js")]


def send_small(server: Flask, cache: Path) -> None:
    """Compress what ``server`` answers, as the browser accepts it.

    Args:
        server: Whose answers.
        cache: Folder for compressed component suites; made when needed.
    """
    suites = SuiteCache(cache)

    @server.after_request
    def compress(response: Response) -> Response:
        if not _is_worth_it(response):
            return response
        response.vary.add("Accept-Encoding")
        encoding = request.accept_encodings.best_match(["br", "gzip"])
        if encoding is None:
            return response
        twin = _twin(encoding)
        if twin is not None:
            if close := getattr(response.response, "close", None):
                close()  # the file that is not sent
            response.direct_passthrough = False
            data = twin.read_bytes()
        elif response.is_streamed and not response.direct_passthrough:
            return response
        else:
            response.direct_passthrough = False
            plain = response.get_data()
            if len(plain) < LEAST_WORTH:
                return response
            kept = SUITES in request.path
            data = suites.compressed(plain, encoding) if kept else _compress(plain, encoding, DYNAMIC_EFFORT)
        response.set_data(data)
        response.headers["Content-Encoding"] = encoding
        if (etag := response.get_etag()[0]) is not None:
            response.set_etag(f"{etag}-{encoding}", weak=True)
            response.make_conditional(request)
        return response


def _is_worth_it(response: Response) -> bool:
    if request.method == "HEAD" or response.status_code != 200 or "Content-Encoding" in response.headers:
        return False
    return (response.mimetype or "").startswith(_TEXT)


def _twin(encoding: str) -> Path | None:
    """The file the build compressed ahead of time, if the request is for one."""
    name = (request.view_args or {}).get("filename", "")
    if not isinstance(name, str) or not name.startswith("vendor/") or ".." in name:
        return None
    path = ASSETS / f"{name}.{'br' if encoding == 'br' else 'gz'}"
    return path if path.is_file() else None


def _compress(plain: bytes, encoding: str, effort: int) -> bytes:
    if encoding == "br":
        squeezed: bytes = brotli.compress(plain, quality=effort)
        return squeezed
    return gzip.compress(plain, compresslevel=min(effort, 9), mtime=0)


class SuiteCache:
    """Compressed component suites by content: in memory, and on disk for the next start."""

    def __init__(self, folder: Path, effort: int = STATIC_EFFORT) -> None:
        self._folder = folder
        self._effort = effort
        self._held: dict[tuple[int, int, str], bytes] = {}
        self._lock = threading.Lock()

    def compressed(self, plain: bytes, encoding: str) -> bytes:
        """``plain`` in ``encoding``; made once."""
        key = (len(plain), hash(plain), encoding)
        with self._lock:
            if key not in self._held:
                self._held[key] = self._from_disk(plain, encoding)
            return self._held[key]

    def _from_disk(self, plain: bytes, encoding: str) -> bytes:
        path = self._folder / f"{hashlib.sha256(plain).hexdigest()[:32]}.{encoding}"
        if path.is_file():
            return path.read_bytes()
        data = _compress(plain, encoding, self._effort)
        self._folder.mkdir(parents=True, exist_ok=True)
        half = path.with_suffix(f".{threading.get_ident()}.part")
        half.write_bytes(data)
        half.replace(path)
        return data

"""A third party's OpenAI-compatible server, out of its npm package: chat, speech and pictures from fixtures, and a journal."""

from __future__ import annotations

import base64
import hashlib
import io
import json
import subprocess
import tarfile
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx2

from tests.support.node import node
from tests.support.stack import call, free_port, until

PACKAGE = "https://registry.npmjs.org/@copilotkit/aimock/-/aimock-1.43.0.tgz"
SHA256 = "54f4ba4ef984696557e84176d6c4f37150047819a4eda374850a390534bbf117"


def unpack(folder: Path) -> Path:
    """The package's command, from npm's registry; it has no dependencies, and nothing of it runs before it is checked."""
    folder.mkdir(parents=True, exist_ok=True)
    packed = httpx2.get(PACKAGE, timeout=60, follow_redirects=True).raise_for_status().content
    assert hashlib.sha256(packed).hexdigest() == SHA256
    with tarfile.open(fileobj=io.BytesIO(packed)) as archive:
        archive.extractall(folder, filter="data")
    return folder / "package" / "dist" / "cli.js"


@dataclass
class AIMock:
    """One server, to be killed and started again; *script* answers every chat, *speech* texts by what is in them, and "" any."""

    cli: Path
    folder: Path
    script: Mapping[str, Any]
    speech: Mapping[str, bytes]
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self.port}/v1"

    def start(self, *, latency_ms: int = 0) -> None:
        fixtures: list[dict[str, Any]] = [
            {
                "match": {"endpoint": "speech", **({"userMessage": text} if text else {})},
                "response": {"audio": base64.b64encode(sound).decode(), "format": "wav"},
            }
            for text, sound in self.speech.items()
        ]
        fixtures.append({"match": {"endpoint": "chat"}, "response": {"content": json.dumps(self.script)}})
        path = self.folder / f"fixtures-{self.port}.json"
        path.write_text(json.dumps({"fixtures": fixtures}))
        argv = [node(), str(self.cli), "-p", str(self.port), "-f", str(path), "--log-level", "silent", "--strict"]
        argv += ["--chaos-latency", str(latency_ms)]
        self.process = subprocess.Popen(argv, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        until(lambda: self.journal() is not None, timeout_s=20)

    def kill(self) -> None:
        if self.process is not None:
            self.process.kill()
            self.process.wait(10)
            self.process = None

    def journal(self) -> list[dict[str, Any]] | None:
        """Every request since it was started; None while it is down."""
        with suppress(httpx2.HTTPError):
            found = call("GET", f"http://127.0.0.1:{self.port}/__aimock/journal?limit=1000").json()
            entries: list[dict[str, Any]] = found if isinstance(found, list) else found.get("requests", [])
            return entries
        return None

    def served(self, path: str) -> int:
        """How many requests for *path* were answered well."""
        return sum(
            path in entry["path"] and entry.get("response", {}).get("status", 200) == 200
            for entry in self.journal() or ()
        )

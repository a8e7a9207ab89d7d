"""What people look for."""

# Written by sdk/python/generate.py; change the asynchronous one.

from __future__ import annotations

from video_system._transport import Connection
from video_system._models import Page
from video_system._protocol import Call, creating, given, segment
from video_system._trend_models import Keyword, Scan, Trend


class VideoTrends:
    """The part of the client that asks what is hot."""

    _connection: Connection

    def hot_trends(
        self,
        *,
        platform: str | None = None,
        category: str | None = None,
        time_range: str | None = None,
        region: str | None = None,
        limit: int | None = None,
    ) -> list[Trend]:
        """What the last good scan found, the hottest first; each figure says where it comes from."""
        params = {
            "platform": platform, "category": category, "time_range": time_range, "region": region, "limit": limit,
        }  # fmt: skip
        data = self._connection.data(Call("GET", "/trends/hot", params=given(params)))
        return [Trend.of(item) for item in data["trends"]]

    def get_keyword(self, keyword: str, *, region: str | None = None) -> Keyword:
        """All that is known of a keyword, in any spelling; `brief` is what `generate_video` takes."""
        call = Call("GET", f"/trends/keywords/{segment(keyword)}", params=given({"region": region}))
        return Keyword.of(self._connection.data(call))

    def start_scan(
        self,
        *,
        platform: str | None = None,
        region: str | None = None,
        language: str | None = None,
        idempotency_key: str | None = None,
    ) -> Scan:
        """Look now; a scan that goes on, or is a few minutes old, is everybody's."""
        body = {"platform": platform, "region": region, "language": language}
        call = creating("/trends/scans", body, idempotency_key=idempotency_key)
        return Scan.of(self._connection.data(call))

    def list_scans(
        self, *, platform: str | None = None, region: str | None = None, cursor: str | None = None, limit: int = 20
    ) -> Page[Scan]:
        """Scans, newest first."""
        params = {"platform": platform, "region": region, "cursor": cursor, "limit": limit}
        data = self._connection.data(Call("GET", "/trends/scans", params=given(params)))
        return Page([Scan.of(item) for item in data["items"]], data["next_cursor"], data["has_more"])

    def get_scan(self, scan_id: str) -> Scan:
        """A scan, and what each source said or why it said nothing."""
        return Scan.of(self._connection.data(Call("GET", f"/trends/scans/{segment(scan_id)}")))

"""A body of every operation that takes one, for the document: what a reader can copy."""

from __future__ import annotations

from typing import Any

REQUESTS: dict[str, dict[str, Any]] = {
    "register": {"username": "user@example.com", "password": "password123", "email": "user@example.com"},
    "login": {"username": "user@example.com", "password": "password123"},
    "refresh": {"refresh_token": "vr_…"},
    "logout": {"all": False},
    "change_password": {"current_password": "password123", "new_password": "a longer one 456"},
    "change_profile": {"name": "小美", "language": "zh-TW"},
    "remove_account": {"password": "password123"},
    "create_api_key": {"name": "my program"},
    "rotate_api_key": {"overlap_s": 3600},
    "generate": {
        "title": "影片標題",
        "description": "影片描述",
        "template": "template_id",
        "settings": {"duration": 60, "resolution": "1080p", "format": "mp4"},
    },
    "create_video": {
        "title": "為什麼會有潮汐？",
        "description": "月亮的引力拉著海水。太陽也在拉，力道大約是月亮的百分之四十六。",
        "language": "zh-TW",
        "aspect": "9:16",
        "captions": {"style": "box", "highlight": "#ffd400"},
        "tags": ["科學"],
        "review": True,
    },
    "estimate_video": {
        "title": "Why are there tides?",
        "script": "The sea rises twice a day.\n\nThe Moon pulls on it.",
    },
    "change_video": {"title": "潮汐", "tags": ["科學", "海洋"]},
    "change_script": {"scenes": [{"narration": "海水每天漲兩次。"}, {"narration": "因為月亮拉著它。"}]},
    "choose_shot": {"asset": "asset_01a22fae7bcc7585876889fc0e5b6d38"},
    "import_asset": {"url": "https://upload.wikimedia.org/wikipedia/commons/e/e1/FullMoon2010.jpg"},
    "infer": {
        "model_id": "model_1",
        "input": {"text": "生成影片腳本", "parameters": {"max_length": 1000, "temperature": 0.7}},
    },
    "start_scan": {"platform": "youtube", "region": "TW"},
    "publish": {
        "platform": "youtube",
        "content": {
            "title": "為什麼會有潮汐？",
            "description": "月亮的引力拉著海水。",
            "tags": ["標籤1"],
            "video_url": "https://.../video.mp4",
        },
    },
    "reschedule_publication": {"scheduled_at": "2027-01-01T12:00:00Z"},
    "create_webhook": {"url": "https://your-server.example/films", "events": ["video.completed", "video.failed"]},
    "change_webhook": {"enabled": False},
    "rotate_webhook_secret": {"overlap_s": 3600},
    "rotate_account_webhook_secret": {"overlap_s": 3600},
}
"""Request bodies by operation id; register, login, generate, infer and publish are the contract's."""

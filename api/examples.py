"""The contract's bodies, for the document: what a reader can copy."""

from __future__ import annotations

from typing import Any

REQUESTS: dict[str, dict[str, Any]] = {
    "register": {"username": "user@example.com", "password": "password123", "email": "user@example.com"},
    "login": {"username": "user@example.com", "password": "password123"},
    "generate": {
        "title": "影片標題",
        "description": "影片描述",
        "template": "template_id",
        "settings": {"duration": 60, "resolution": "1080p", "format": "mp4"},
    },
    "infer": {
        "model_id": "model_1",
        "input": {"text": "生成影片腳本", "parameters": {"max_length": 1000, "temperature": 0.7}},
    },
    "create_api_key": {"name": "my program"},
}
"""Request bodies by operation id."""

ANSWERS: dict[str, dict[str, Any]] = {
    "register": {"user_id": "user_0199", "username": "user@example.com", "email": "user@example.com"},
    "login": {"access_token": "eyJ…", "refresh_token": "vr_…", "expires_in": 3600},
    "generate": {"task_id": "task_0199", "status": "pending", "estimated_time": 104},
    "task": {
        "task_id": "task_0199",
        "status": "completed",
        "progress": 100,
        "video_url": "https://api.video-system.com/media/sha256/…/video.mp4?exp=…&sig=…",
    },
    "list_models": {
        "models": [
            {"id": "model_1", "name": "GPT-4", "type": "text_generation", "status": "available"},
            {"id": "kokoro/zf_xiaoyi", "name": "zf_xiaoyi", "type": "speech", "status": "available"},
        ]
    },
    "infer": {
        "model_id": "model_1",
        "output": {"text": "生成影片腳本。\n喜歡的話記得追蹤，我們下次見。"},
        "usage": {"input_tokens": 6, "output_tokens": 22},
        "latency_ms": 4,
    },
}
"""What is under `data` in the answer, by operation id."""

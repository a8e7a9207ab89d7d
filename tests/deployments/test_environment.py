"""How Prefect is started and told about the flows."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
import yaml
from prefect import Flow

from deployments.demo import DESCRIPTION, TITLE, demo_brief
from deployments.environment import prefect_address, prefect_environment
from deployments.up import worker_argv
from studio.settings import PROJECT, get_settings


@pytest.fixture
def prefect_yaml() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((PROJECT / "prefect.yaml").read_text("utf-8"))
    return found


def test_no_folder_of_this_machine_is_written_into_deployments(prefect_yaml: dict[str, Any]) -> None:
    assert prefect_yaml["pull"] == []


def test_every_entrypoint_is_a_flow_that_can_be_imported(prefect_yaml: dict[str, Any]) -> None:
    flows = []
    for deployment in prefect_yaml["deployments"]:
        module, _, name = deployment["entrypoint"].rpartition(".")
        flows.append(getattr(import_module(module), name))

    assert [flow.name for flow in flows] == [
        "generate-video", "deliver-webhooks", "scan-trends", "publish-video", "housekeeping",
    ]  # fmt: skip
    assert all(isinstance(flow, Flow) for flow in flows)


def test_a_run_starts_the_engine_itself_and_survives_its_worker(prefect_yaml: dict[str, Any]) -> None:
    variables = [deployment["work_pool"]["job_variables"] for deployment in prefect_yaml["deployments"]]

    assert variables == [{"command": "python -m deployments.engine", "stream_output": False}] * 5


def test_a_film_in_the_making_holds_up_no_message(prefect_yaml: dict[str, Any]) -> None:
    queues = [deployment["work_pool"]["work_queue_name"] for deployment in prefect_yaml["deployments"]]

    assert queues == ["films", *["errands"] * 4]


def test_deployments_and_worker_meet_in_one_pool(prefect_yaml: dict[str, Any]) -> None:
    pools = {deployment["work_pool"]["name"] for deployment in prefect_yaml["deployments"]}
    argv = worker_argv()

    assert pools == {argv[argv.index("--pool") + 1]}


def test_everything_that_prefect_writes_is_below_home(fresh_home: Path) -> None:
    environment = prefect_environment()
    written = [environment[name] for name in ("PREFECT_HOME", "PREFECT_LOCAL_STORAGE_PATH")]

    assert written == [f"{fresh_home}/prefect", f"{fresh_home}/prefect/results"]
    assert (fresh_home / "prefect").is_dir()


def test_prefect_reports_nothing_outside(fresh_home: Path) -> None:
    environment = prefect_environment()

    assert (environment["PREFECT_SERVER_ANALYTICS_ENABLED"], environment["DO_NOT_TRACK"]) == ("false", "1")


def test_the_address_follows_the_port_and_may_be_another_machines(
    fresh_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("PREFECT_API_URL", raising=False)
    monkeypatch.setenv("PREFECT_PORT", "4999")
    get_settings.cache_clear()
    ours = prefect_address()
    monkeypatch.setenv("PREFECT_API_URL", "http://prefect:4200/api")

    assert (ours, prefect_address()) == ("http://127.0.0.1:4999/api", "http://prefect:4200/api")


@pytest.mark.parametrize(
    ("title", "description", "brief"),
    [
        ("", "", (TITLE, DESCRIPTION)),
        ("  ", "facts", (TITLE, DESCRIPTION)),
        ("Tides", "", ("Tides", "")),
        ("Tides", "facts", ("Tides", "facts")),
    ],
)
def test_the_demonstration_is_ours_unless_a_title_is_given(
    title: str, description: str, brief: tuple[str, str]
) -> None:
    assert demo_brief(title, description) == brief

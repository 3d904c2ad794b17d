"""Settings: accepted values, precedence of sources, and error messages."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from kg.cli.main import cli
from kg.errors import SettingError
from kg.settings import Settings, warn_of_misspelt_variables

ROOT = Path(__file__).parents[1]


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(os.environ):
        if name.startswith("KG_"):
            monkeypatch.delenv(name)


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "settings.toml"
    monkeypatch.setenv("KG_SETTINGS", str(path))
    return path


def test_the_defaults() -> None:
    settings = Settings()
    assert settings.data == Path("kg-data")
    assert settings.base_iri == "https://w3id.org/un-votes/"
    assert (settings.workers, settings.query_timeout, settings.query_memory) == (2, 60, 1024)
    assert (settings.rate_limit, settings.client_concurrency) == ("300/minute", 8)
    assert (settings.limit_loopback, settings.log_queries, settings.columnar) == (
        False, False, True,
    )  # fmt: skip
    assert (settings.dumps, settings.federation, settings.engine) == ("permitted", None, "")
    assert all(settings.origin(name).kind == "default" for name in Settings.model_fields)


def test_options_take_precedence_over_variables_and_variables_over_the_file(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file.write_text('data = "a"\nworkers = 3\nquery_timeout = 4\ncolumnar = false\n')
    monkeypatch.setenv("KG_DATA", "b")
    monkeypatch.setenv("KG_WORKERS", "5")
    monkeypatch.setenv("KG_COLUMNAR", "")
    settings = Settings().with_options(data=Path("c"), max_refused=None)
    assert (settings.data, settings.workers, settings.query_timeout) == (Path("c"), 5, 4)
    assert settings.columnar is False
    origins = {name: str(settings.origin(name)) for name in Settings.model_fields}
    assert origins["data"] == "option --data"
    assert origins["workers"] == "environment KG_WORKERS"
    assert origins["query_timeout"] == f"file {file}"
    assert origins["max_refused"] == "default"


def test_settings_cannot_be_changed_and_are_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    first = Settings.load()
    monkeypatch.setenv("KG_WORKERS", str(first.workers + 1))
    assert Settings.load() is first
    with pytest.raises(ValueError, match="frozen"):
        first.workers = 7


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("KG_WORKERS", "x", "KG_WORKERS is 'x'; expected a whole number, 1 or more"),
        ("KG_WORKERS", "0", "KG_WORKERS is '0'; expected a whole number, 1 or more"),
        ("KG_WORKERS", " 2", "KG_WORKERS is ' 2'; expected a whole number, 1 or more"),
        ("KG_WORKERS", "2.0", "KG_WORKERS is '2.0'; expected a whole number, 1 or more"),
        ("KG_QUERY_MEMORY", "1", "KG_QUERY_MEMORY is '1'; expected a whole number, 64 or more"),
        (
            "KG_QUERY_TIMEOUT", "soon",
            "KG_QUERY_TIMEOUT is 'soon'; expected a whole number, 1 or more",
        ),
        (
            "KG_CLIENT_CONCURRENCY", "-1",
            "KG_CLIENT_CONCURRENCY is '-1'; expected a whole number, 1 or more",
        ),
        ("KG_MAX_REFUSED", "-1", "KG_MAX_REFUSED is '-1'; expected a whole number, 0 or more"),
        ("KG_COLUMNAR", "yes", "KG_COLUMNAR is 'yes'; expected a whole number, 0 or more"),
        (
            "KG_DUMPS", "some",
            "KG_DUMPS is 'some'; expected all, none, or permitted (the default)",
        ),
        (
            "KG_BASE_IRI", "https://votes.example",
            "KG_BASE_IRI is 'https://votes.example'; expected an http or https IRI that ends in a "
            "slash",
        ),
        (
            "KG_RATE_LIMIT", "often",
            "KG_RATE_LIMIT is 'often'; expected a number and a unit such as 300/minute",
        ),
        ("KG_PUBLIC_URL", "x.org", "KG_PUBLIC_URL is 'x.org'; expected an http or https address"),
        (
            "KG_ENGINE", "ftp://user:secret@votes.example/",
            "KG_ENGINE is 'ftp://...@votes.example/'; expected the http or https address of a "
            "SPARQL endpoint",
        ),
    ],
)  # fmt: skip
def test_an_invalid_variable_is_named(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, message: str
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingError) as error:
        Settings()
    assert str(error.value) == message


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("workers = true", "workers in {file} is true; expected a whole number, 1 or more"),
        ('workers = "x"', "workers in {file} is 'x'; expected a whole number, 1 or more"),
        ("workers = -1", "workers in {file} is -1; expected a whole number, 1 or more"),
        ("workers = 0", "workers in {file} is 0; expected a whole number, 1 or more"),
        ("rate_limit = 3.5", "{file}: rate_limit is 3.5; expected a string, an integer or"),
        ("workers", "KG_SETTINGS names {file}, which cannot be read: "),
        (None, "KG_SETTINGS names {file}, which cannot be read: "),
        ("workers = 1.0", "{file}: workers is 1.0; expected a string, an integer or a Boolean"),
        ("data = 5", "data in {file} is 5; expected a path"),
        ("limit_loopback = -1", "limit_loopback in {file} is -1; expected a whole number"),
        ("publish_password = 5", "publish_password in {file} is '...'; expected a string"),
    ],
)
def test_an_invalid_value_in_the_file_is_named(
    file: Path, content: str | None, message: str
) -> None:
    if content is not None:
        file.write_text(content)
    with pytest.raises(SettingError) as error:
        Settings()
    assert str(error.value).startswith(message.format(file=file))


@pytest.mark.parametrize(
    ("content", "value"),
    [("workers = 3", 3), ('workers = "3"', 3), ('workers = ""', 2)],
)
def test_a_number_in_the_file_may_be_a_string(file: Path, content: str, value: int) -> None:
    file.write_text(content)
    assert Settings().workers == value


@pytest.mark.parametrize(
    ("content", "value"),
    [("true", True), ("false", False), ("1", True), ("0", False), ('"1"', True)],
)
def test_a_flag_in_the_file(file: Path, content: str, value: bool) -> None:
    file.write_text(f"log_queries = {content}")
    assert Settings().log_queries is value


def test_an_unknown_name_in_the_file_is_reported_with_the_nearest_known_name(file: Path) -> None:
    file.write_text("wrokers = 2")
    with pytest.raises(SettingError) as error:
        Settings()
    assert str(error.value).startswith(
        f"{file}: unknown setting wrokers; expected one of data, base_iri, public_url, "
    )
    assert str(error.value).endswith("; did you mean workers?")


def test_only_variables_that_resemble_a_setting_cause_a_warning(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in (
        "KG_TEST_DATA",
        "KG_TEST_RELEASE",
        "KG_FUZZ_REQUESTS",
        "KG_COMUNICA",
        "KG_WORKERS",
        "WORKERS",
    ):
        monkeypatch.setenv(name, "1")
    warn_of_misspelt_variables()
    assert capsys.readouterr().err == ""
    monkeypatch.setenv("KG_WORKRES", "1")
    monkeypatch.setenv("KG_SETTING", "1")
    warn_of_misspelt_variables()
    assert capsys.readouterr().err.splitlines() == [
        "kg: unknown setting KG_SETTING; did you mean KG_SETTINGS?",
        "kg: unknown setting KG_WORKRES; did you mean KG_WORKERS?",
    ]


def test_the_command_shows_values_and_origins_without_passwords(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file.write_text("workers = 4")
    monkeypatch.setenv("KG_PUBLISH_PASSWORD", "secret")
    monkeypatch.setenv("KG_ENGINE", "http://user:secret@votes.example/sparql")
    arguments = ["settings", "--data", "elsewhere"]
    result = CliRunner(env={"COLUMNS": "200"}).invoke(cli, [*arguments, "--format", "json"])
    entries = {entry["name"]: entry for entry in json.loads(result.output)}
    assert list(entries) == list(Settings.model_fields)
    assert entries["data"] == {"name": "data", "value": "elsewhere", "origin": "option --data"}
    assert entries["workers"] == {"name": "workers", "value": 4, "origin": f"file {file}"}
    assert entries["max_refused"] == {"name": "max_refused", "value": 0, "origin": "default"}
    assert entries["engine"]["value"] == "http://...@votes.example/sparql"
    assert entries["publish_password"]["origin"] == "environment KG_PUBLISH_PASSWORD"
    table = CliRunner().invoke(cli, arguments)
    assert table.exit_code == 0
    assert all(name in table.output for name in Settings.model_fields)
    assert "secret" not in table.output + result.output


@pytest.mark.parametrize(
    ("command", "variable"),
    [("serve", "KG_WORKERS"), ("build", "KG_MAX_REFUSED"), ("sources", "KG_BASE_IRI")],
)
def test_a_command_with_an_invalid_setting_fails_at_once(
    tmp_path: Path, command: str, variable: str
) -> None:
    data = tmp_path / "data"
    result = subprocess.run(
        [sys.executable, "-m", "kg", command, "--data", str(data)],
        env=os.environ | {variable: "x"},
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
    )
    assert result.returncode == 2
    assert result.stderr.startswith(f"kg: {variable} is 'x'; expected a")
    assert len(result.stderr.splitlines()) == 1
    assert not data.exists()


def test_a_server_checks_its_endpoint_settings_before_it_builds(tmp_path: Path) -> None:
    data = tmp_path / "data"
    result = subprocess.run(
        [sys.executable, "-m", "kg", "serve", "--data", str(data), "--port", "0"],
        env=os.environ | {"KG_FEDERATION": str(tmp_path / "none.toml")},
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
    )
    assert result.returncode == 2
    assert str(tmp_path / "none.toml") in result.stderr
    assert not data.exists()


def test_nothing_else_reads_the_environment() -> None:
    """Modules that start processes pass it on; resources reads the base IRI that they pass.

    A service manager passes the address of its socket in it.
    """
    reading = {
        str(path.relative_to(ROOT / "kg"))
        for path in (ROOT / "kg").rglob("*.py")
        if re.search(r"\benviron\b|\bgetenv\b", path.read_text(encoding="utf-8"))
    }
    assert reading == {
        "settings.py", "resources.py", "engine/template_process.py",
        "engine/federation/gateway_process.py", "web/service_manager.py",
    }  # fmt: skip


def test_the_help_imports_no_command() -> None:
    code = "import sys, kg.cli.main; print(sorted(n for n in sys.modules if n[:3] == 'kg.'))"
    result = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT
    )
    assert result.stdout.strip() == "['kg.cli', 'kg.cli.main', 'kg.errors', 'kg.settings']"

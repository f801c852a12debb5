"""Settings from the environment: good values, wrong values, unknown names, and the README's table."""

from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from config.env import SETTINGS, read_settings


def test_defaults_need_nothing():
    assert read_settings({})["PORT"] == 8000


def test_the_environment_wins_over_the_file(tmp_path: Path):
    dotenv = tmp_path / ".env"
    dotenv.write_text("# a comment\nPORT=9000\nQUANTIZATION='nf4'\n")
    values = read_settings({"PORT": "9001"}, dotenv)
    assert (values["PORT"], values["QUANTIZATION"]) == (9001, "nf4")


@pytest.mark.parametrize(
    ("name", "value", "hint"),
    [
        ("PORT", "eighty", "1 to 65535"),
        ("PORT", "0", "1 to 65535"),
        ("WORKER_METRICS_PORT", "off", "0 to 65535"),
        ("WORKER_METRICS_PORT", "-1", "0 to 65535"),
        ("QUANTIZATION", "int4", "auto, none, int8 or nf4"),
        ("DEBUG", "perhaps", "true or false"),
        ("DATABASE_URL", "mysql://nobody", "sqlite:///path"),
        ("REDIS_URL", "http://127.0.0.1", "redis://"),
        ("ENGINE_URL", "gpu-machine:8000", "http://"),
        ("ENGINE_URL", "http://gpu-machine:port/v1", "http://"),
        ("ENGINE_URL", "http:///v1", "http://"),
    ],
)
def test_a_wrong_value_names_the_variable_and_what_it_may_be(name, value, hint):
    with pytest.raises(ImproperlyConfigured, match=name) as error:
        read_settings({name: value})
    assert hint in str(error.value)


def test_an_unknown_name_in_the_file_suggests_the_right_one(tmp_path: Path):
    dotenv = tmp_path / ".env"
    dotenv.write_text("QUANTISATION=nf4\n")
    with pytest.raises(ImproperlyConfigured, match="did you mean QUANTIZATION"):
        read_settings({}, dotenv)


def test_a_line_that_is_no_setting_names_its_number(tmp_path: Path):
    dotenv = tmp_path / ".env"
    dotenv.write_text("PORT=8000\nhello\n")
    with pytest.raises(ImproperlyConfigured, match="line 2"):
        read_settings({}, dotenv)


def test_the_readme_lists_every_setting():
    readme = (Path(__file__).resolve().parents[2] / "README.md").read_text()
    missing = [setting.name for setting in SETTINGS if f"`{setting.name}`" not in readme]
    assert missing == []


@pytest.mark.parametrize("value", ["*", "proxy.example", "10.0.0.0/33"])
def test_a_proxy_is_trusted_by_its_address_alone(value):
    with pytest.raises(ImproperlyConfigured, match="TRUSTED_PROXIES"):
        read_settings({"TRUSTED_PROXIES": value})
    assert read_settings({"TRUSTED_PROXIES": "10.0.0.0/8, ::1"})["TRUSTED_PROXIES"] == "10.0.0.0/8,::1"

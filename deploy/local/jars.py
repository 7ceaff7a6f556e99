"""Kafka's jars: downloaded by Maven, each compared with its committed sum."""

import hashlib
import shutil
import subprocess
import tempfile
from pathlib import Path

from deploy.local.errors import ServiceFault
from deploy.local.turns import turn

_HERE = Path(__file__).resolve().parent
_POM = _HERE / "pom.xml"
_SUMS = _HERE / "jars.sha256"
_GOAL = "org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies"
_LONGEST_SECONDS = 600


def ensure_jars(folder: Path) -> Path:
    """The folder of Kafka's jars under the cache `folder`; downloads what is not there."""
    jars = folder / "jars"
    if not are_complete(folder):
        with turn(folder, "jars"):
            # Whoever had the turn before may have brought them.
            if not are_complete(folder):
                _replace(jars)
    return jars


def are_complete(folder: Path) -> bool:
    """Whether the cache holds every jar unchanged, and no other."""
    return not _differences(folder / "jars")


def _replace(jars: Path) -> None:
    with tempfile.TemporaryDirectory(dir=jars.parent, prefix="jars.") as partial:
        fresh = Path(partial) / "jars"
        _download(fresh)
        _require_expected(fresh)
        shutil.rmtree(jars, ignore_errors=True)
        fresh.rename(jars)


def _download(target: Path) -> None:
    try:
        run = subprocess.run(
            ["mvn", "-q", "-B", "-f", str(_POM), _GOAL, "-DincludeScope=runtime",
             f"-DoutputDirectory={target}"],
            stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False,
            timeout=_LONGEST_SECONDS,
        )  # fmt: skip
    except (OSError, subprocess.TimeoutExpired) as error:
        raise _download_fault(str(error)) from error
    if run.returncode != 0:
        raise _download_fault("\n".join((run.stdout + run.stderr).splitlines()[-20:]))


def _download_fault(reason: str) -> ServiceFault:
    return ServiceFault(
        "Maven 未能下载 Kafka（deploy/local/pom.xml）；请检查网络或 Maven 的镜像设置后重试\n"
        "Maven could not download Kafka (deploy/local/pom.xml); check the network or Maven's "
        f"mirror settings, then try again\n{reason}"
    )


def _require_expected(jars: Path) -> None:
    differences = _differences(jars)
    if differences:
        raise ServiceFault(
            "下载的 jar 与 deploy/local/jars.sha256 不一致，未使用；请检查 Maven 的镜像\n"
            "the downloaded jars differ from deploy/local/jars.sha256 and were not used; "
            "check Maven's mirror:\n" + "\n".join(differences)
        )


def _differences(jars: Path) -> list[str]:
    expected = dict(line.split()[::-1] for line in _SUMS.read_text("utf-8").splitlines())
    found = {path.name: _sum(path) for path in jars.glob("*.jar")}
    return [
        *(f"- 缺少 missing: {name}" for name in sorted(expected.keys() - found.keys())),
        *(f"- 多出 not expected: {name}" for name in sorted(found.keys() - expected.keys())),
        *(
            f"- 内容不同 changed: {name}"
            for name in sorted(expected.keys() & found.keys())
            if expected[name] != found[name]
        ),
    ]


def _sum(path: Path) -> str:
    with path.open("rb") as jar:
        return hashlib.file_digest(jar, "sha256").hexdigest()

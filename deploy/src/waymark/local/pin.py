"""Writes `jars.lock` anew: `python -m waymark.local.pin`, after a version here was changed."""

import hashlib
from pathlib import Path

import jgo
from jgo.maven import MavenContext

KAFKA = "org.apache.kafka:kafka_2.13:4.3.0+org.slf4j:slf4j-simple:1.7.36"
ZIPKIN_VERSION = "3.5.1"


def main() -> None:
    """Resolve both programs and write what they consist of."""
    maven = MavenContext()
    zipkin = maven.project("io.zipkin", "zipkin-server").at_version(ZIPKIN_VERSION).artifact(classifier="exec")
    names = {jar.name for jar in jgo.build(KAFKA).all_jars}
    lines = [_line("Kafka", jar, maven) for jar in sorted(maven.repo_cache.rglob("*.jar")) if jar.name in names]
    lines.append(_line("Zipkin", zipkin.resolve(), maven))
    Path(__file__).with_name("jars.lock").write_text("\n".join(lines) + "\n")


def _line(program: str, jar: Path, maven: MavenContext) -> str:
    *group, artifact, version, name = jar.relative_to(maven.repo_cache).parts
    classifier = name.removesuffix(".jar").removeprefix(f"{artifact}-{version}").replace("-", ":", 1)
    digest = hashlib.sha256(jar.read_bytes()).hexdigest()
    return f"{program} {'.'.join(group)}:{artifact}:{version}{classifier} {jar.stat().st_size} {digest}"


if __name__ == "__main__":
    main()

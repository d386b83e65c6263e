"""Publishing among real processes: readers, kills, a full disk, two at once."""

import fcntl
import random
import signal
import time

import publishing
import pytest
from publishing import PROCESSES

from savoir.publish import PublishRefused, versions


def start(work, *arguments):
    process = PROCESSES.Process(target=work, args=arguments)
    process.start()
    return process


def run(work, *arguments):
    """Run in a process of its own; return its exit code (minus a signal's number)."""
    process = start(work, *arguments)
    process.join()
    return process.exitcode


@pytest.fixture
def published(tmp_path):
    """Builds 1 and 2 in `one` and `two`, and build 1 published."""
    publishing.write_build(tmp_path / "one", 1)
    publishing.write_build(tmp_path / "two", 2)
    assert run(publishing.publish_build, tmp_path / "one") == 0
    return tmp_path / "published"


def served(published):
    """The build served, whole and the same in both forms."""
    build = publishing.builds_in(published / "savoir.duckdb")
    assert publishing.builds_in_parquet(published) == build
    versions.require_whole(published, versions.current(published))
    return build


def left_behind(published):
    return [path.name for path in (published / "versions").glob(".*")]


def test_readers_see_whole_builds_during_twenty_and_stop_none(published, tmp_path):
    stop = PROCESSES.Event()
    pipes = [PROCESSES.Pipe(duplex=False) for _ in range(2)]
    readers = [
        start(publishing.read_until, published, stop, writing) for _, writing in pipes
    ]
    failing = {7, 13}
    for build in range(2, 22):
        status = "fail" if build in failing else "pass"
        assert run(publishing.write_build, tmp_path / "one", build, status) == 0
        code = run(publishing.publish_build, tmp_path / "one")
        assert (code != 0) == (build in failing)
        assert served(published) == build - (build in failing)
    stop.set()
    for reader, (reading, _) in zip(readers, pipes, strict=True):
        seen = reading.recv()
        reader.join()
        assert reader.exitcode == 0
        assert len(seen) > 40
        assert len(set(seen)) > 8
        assert failing.isdisjoint(seen)
        # of the two forms a swap may part one pair; nobody ever goes back
        assert seen == sorted(seen)
    assert versions.numbers(published) == [17, 18, 19]


def test_kills_at_any_point_leave_a_whole_version(published, tmp_path):
    """At every line of the swap, and at random instants of the rest: fifty at least."""
    dice = random.Random(2026)
    for _ in range(3):  # so that there is a version to prune
        assert run(publishing.publish_until, tmp_path / "two", 10**9) == 0
    lines = list(range(1, int((tmp_path / "two" / "lines").read_text()) + 1))
    instants, seconds, swapped = max(20, 50 - len(lines)), 1.0, set()
    while lines or instants:
        before = served(published)
        other = tmp_path / ("two" if before == 1 else "one")
        if lines:
            code = run(publishing.publish_until, other, lines.pop())
        else:
            started = time.monotonic()
            process = start(publishing.publish_build, other)
            process.join(dice.uniform(0, seconds))
            process.kill()
            process.join()
            code = process.exitcode
            if code == 0:  # it was faster: the next instants are drawn from less
                seconds = time.monotonic() - started
            instants -= code != 0
        after = served(published)
        if code == 0:
            assert after != before
        else:
            assert code == -signal.SIGKILL
            swapped.add(after != before)
    assert swapped == {True, False}
    last = served(published)
    other = tmp_path / ("two" if last == 1 else "one")
    assert run(publishing.publish_build, other) == 0
    assert served(published) != last
    assert left_behind(published) == []
    assert len(versions.numbers(published)) == 3


@pytest.mark.parametrize("share", [0.001, 0.3, 0.9])
def test_a_full_disk_leaves_the_version_served(published, tmp_path, share):
    size = (published / "savoir.duckdb").stat().st_size

    code = run(publishing.publish_on_a_full_disk, tmp_path / "two", round(share * size))

    assert code == 1
    assert served(published) == 1
    assert left_behind(published) == []
    assert versions.numbers(published) == [1]


def test_of_two_publications_at_once_the_second_is_refused(published, tmp_path):
    with (published / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_SH)  # even beside who only looks
        with pytest.raises(PublishRefused, match="another publication is under way"):
            publishing.publish_build(tmp_path / "two")
    assert served(published) == 1

    assert publishing.publish_build(tmp_path / "two").version == 2
    assert served(published) == 2

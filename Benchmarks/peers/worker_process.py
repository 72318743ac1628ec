"""The parent's side of the paced protocol: start a worker, give it turns, read its CPU time and memory."""

import json
import os
import select
import subprocess
import time
from pathlib import Path

READY_SECONDS, RUN_SECONDS = 900, 900


class WorkerFailed(Exception):
    """A worker ended, answered nonsense or took too long. The text says what and shows its last line."""


class WorkerProcess:
    def __init__(self, peer: str, command: list[str], env: dict[str, str], threads: int, output: Path, log: Path):
        self.peer, self.output, self.log = peer, output, log
        self.version, self.note, self.after_import_kib = "", "", None
        self.seconds: list[float] = []
        self.first_loss: float | None = None  # of the run before ready: no peer has changed a weight yet
        self.losses: list[float] = []
        self.foreign_shares: list[float] = []  # one for each entry of seconds: how disturbed that turn was
        self.idle_cpu = 0.0
        self.start_peak = 0
        self.buffer = b""
        cpus = sorted(os.sched_getaffinity(0))[:threads]
        with log.open("w") as file:
            self.process = subprocess.Popen(
                command, env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=file, bufsize=0,
                # No helper thread of any peer may find a CPU beyond the ones that all peers get.
                preexec_fn=lambda: os.sched_setaffinity(0, cpus))

    def failed(self, what: str) -> WorkerFailed:
        self.kill()
        lines = self.log.read_text(errors="replace").strip().splitlines()
        return WorkerFailed(f"{what}: {lines[-1] if lines else 'no message'}"[:300])

    def answer(self, limit: float) -> dict:
        deadline = time.monotonic() + limit
        while b"\n" not in self.buffer:
            readable, _, _ = select.select([self.process.stdout], [], [], max(0, deadline - time.monotonic()))
            if not readable:
                raise self.failed(f"no answer in {limit:.0f} s")
            data = os.read(self.process.stdout.fileno(), 65536)
            if not data:
                raise self.failed(f"ended with status {self.process.wait()}")
            self.buffer += data
        line, self.buffer = self.buffer.split(b"\n", 1)
        try:
            return json.loads(line)
        except ValueError:
            raise self.failed(f"answered {line[:80]!r}") from None

    def wait_until_ready(self) -> None:
        answer = self.answer(READY_SECONDS)
        if "skipped" in answer:
            self.kill()
            raise WorkerFailed(answer["skipped"])
        if not answer.get("ready"):
            raise self.failed(f"answered {answer} instead of ready")
        self.version, self.note = answer.get("version", ""), answer.get("note", "")
        self.after_import_kib, self.first_loss = answer.get("after_import_kib"), answer.get("loss")
        # What loading, compiling and the first run needed; from here on the high-water mark is the runs' own.
        self.start_peak = self.status_kib("VmHWM")
        Path(f"/proc/{self.process.pid}/clear_refs").write_text("5")

    def run(self) -> dict:
        try:
            self.process.stdin.write(b"run\n")
        except OSError:
            raise self.failed("ended") from None
        return self.answer(RUN_SECONDS)

    def turn(self, warm_runs: int) -> None:
        for _ in range(warm_runs):
            self.run()
        answer = self.run()
        if not isinstance(answer.get("seconds"), (int, float)):
            raise self.failed(f"answered {answer}")
        self.seconds.append(float(answer["seconds"]))
        if "loss" in answer:
            self.losses.append(float(answer["loss"]))

    def status_kib(self, field: str) -> int:
        for line in Path(f"/proc/{self.process.pid}/status").read_text().splitlines():
            if line.startswith(field + ":"):
                return int(line.split()[1])
        raise WorkerFailed(f"{self.peer} has no {field}")

    def memory_kib(self) -> tuple[int, int]:
        """Peak resident memory from start to now, and of the runs alone."""
        running = self.status_kib("VmHWM")
        return max(self.start_peak, running), running

    def cpu_seconds(self) -> float:
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rsplit(") ", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def finish(self) -> None:
        """Ends the input; the worker writes its output and exits."""
        self.process.stdin.close()
        try:
            status = self.process.wait(RUN_SECONDS)
        except subprocess.TimeoutExpired:
            raise self.failed("did not exit") from None
        if status:
            raise self.failed(f"ended with status {status}")

    def kill(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()

"""Gives every worker its turns, round by round, and watches whether the machine was left alone meanwhile."""

import sys
import time

import machine
from worker_process import WorkerFailed, WorkerProcess


def foreign_share(worker: WorkerProcess | None, act) -> float:
    """Calls ``act``; returns the share of all CPUs that anything but ``worker`` took meanwhile."""
    own = worker.cpu_seconds() if worker else 0.0
    (busy, stolen), start = machine.cpu_seconds(), time.monotonic()
    act()
    wall = time.monotonic() - start
    busy_after, stolen_after = machine.cpu_seconds()
    others = busy_after - busy + stolen_after - stolen - (worker.cpu_seconds() - own if worker else 0.0)
    return max(0.0, others) / (wall * machine.cpus())


def wait_for_quiet(limit: float, acceptable: float) -> None:
    deadline = time.monotonic() + limit
    while time.monotonic() < deadline and foreign_share(None, lambda: time.sleep(0.5)) > acceptable:
        pass


def take_turn(worker: WorkerProcess, others: list[WorkerProcess], a) -> None:
    """One turn, repeated up to ``a.attempts`` times until it was undisturbed. Every attempt is kept, with its share."""
    for _ in range(a.attempts):
        wait_for_quiet(a.wait_for_quiet, a.disturbance)
        before = [w.cpu_seconds() for w in others]
        share = foreign_share(worker, lambda: worker.turn(a.warm_runs))
        worker.foreign_shares.append(share)
        for other, cpu in zip(others, before):
            other.idle_cpu += other.cpu_seconds() - cpu
        time.sleep(a.pause)
        if share <= a.disturbance:
            return


def interleave(workers: list[WorkerProcess], a, failures: dict[str, str]) -> None:
    """Round by round, one peer's turn after the other's. A peer that fails leaves the race, the others go on."""
    for number in range(a.rounds):
        print(f"  round {number + 1} of {a.rounds}", file=sys.stderr)
        for worker in list(workers):
            try:
                take_turn(worker, [w for w in workers if w is not worker], a)
            except WorkerFailed as failure:
                failures[worker.peer] = str(failure)
                workers.remove(worker)

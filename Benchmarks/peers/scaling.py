"""How the engine's time per image changes with threads and with the batch, all combinations interleaved in one run."""

import argparse
import itertools
import os
import statistics
import sys
from pathlib import Path

import machine
from interleave import interleave
from worker_process import WorkerProcess

ROOT = Path(__file__).resolve().parent.parent.parent


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="scaling.py", description=__doc__)
    parser.add_argument("--network", choices=["unet", "segnet", "both"], default="both")
    parser.add_argument("--threads", default=f"1,{machine.cpus()}", help="thread counts; the first is compared with")
    parser.add_argument("--batches", default="1,2,4,8", help="batch sizes; the first is compared with")
    parser.add_argument("--size", type=int, default=256)
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--warm-runs", type=int, default=1)
    parser.add_argument("--pause", type=float, default=0.05)
    parser.add_argument("--disturbance", type=float, default=0.05)
    parser.add_argument("--attempts", type=int, default=3)
    parser.add_argument("--wait-for-quiet", type=float, default=0)
    parser.add_argument("--engine", type=Path, default=ROOT / ".build" / "release" / "lungtriage-lab")
    parser.add_argument("--folder", type=Path, default=ROOT / "Benchmarks" / "results" / "scaling")
    a = parser.parse_args()
    try:
        a.threads, a.batches = ([int(n) for n in text.split(",")] for text in (a.threads, a.batches))
    except ValueError:
        parser.error("threads and batches are comma-separated numbers")
    if not os.access(a.engine, os.X_OK):
        parser.error(f"{a.engine} is missing: swift build -c release")
    return a


def start(a, network: str, threads: int, batch: int) -> WorkerProcess:
    a.folder.mkdir(parents=True, exist_ok=True)
    name = f"{network}-{threads}-{batch}"
    depth = {"unet": 4, "segnet": 3}[network]
    command = [str(a.engine), "bench", "infer", "--network", network, "--depth", str(depth), "--size", str(a.size),
               "--batch", str(batch), "--device", "cpu", "--threads", str(threads), "--paced"]
    worker = WorkerProcess(name, command, dict(os.environ), threads, a.folder / f"{name}.npy", a.folder / f"{name}.log")
    worker.wait_until_ready()
    return worker


def paired_ratio(one: WorkerProcess, other: WorkerProcess, a, scale: float) -> str:
    """Median over the rounds of `one`'s time divided by `other`'s in the same round, undisturbed turns only."""
    ratios = [x * scale / y for x, y, p, q in zip(last_of_round(one, a), last_of_round(other, a),
                                                  share_of_round(one, a), share_of_round(other, a))
              if max(p, q) <= a.disturbance]
    return f"{statistics.median(ratios):.2f} ({len(ratios)})" if ratios else "disturbed"


def rounds_of(worker: WorkerProcess, a) -> list[int]:
    """The index of the last attempt of every round."""
    indices, attempts = [], 0
    for index, share in enumerate(worker.foreign_shares):
        attempts += 1
        if share <= a.disturbance or attempts == a.attempts:
            indices.append(index)
            attempts = 0
    return indices


def last_of_round(worker: WorkerProcess, a) -> list[float]:
    return [worker.seconds[i] for i in rounds_of(worker, a)]


def share_of_round(worker: WorkerProcess, a) -> list[float]:
    return [worker.foreign_shares[i] for i in rounds_of(worker, a)]


def measure(a, network: str) -> None:
    workers: dict[tuple[int, int], WorkerProcess] = {}
    try:
        for threads, batch in itertools.product(a.threads, a.batches):
            workers[threads, batch] = start(a, network, threads, batch)
        interleave(list(workers.values()), a, {})
        print(f"\n### {network}, {a.size}×{a.size}, {a.rounds} rounds\n")
        print(f"| threads | batch | s per image, median | time / {a.threads[0]} thread | time per image / batch "
              f"{a.batches[0]} |")
        print("| ---: | ---: | ---: | ---: | ---: |")
        for (threads, batch), worker in workers.items():
            seconds = statistics.median(last_of_round(worker, a)) / batch
            by_threads = paired_ratio(worker, workers[a.threads[0], batch], a, 1)
            by_batch = paired_ratio(worker, workers[threads, a.batches[0]], a, a.batches[0] / batch)
            print(f"| {threads} | {batch} | {seconds:.3f} | {by_threads} | {by_batch} |")
    finally:
        for worker in workers.values():
            worker.kill()


def main() -> int:
    a = parse_arguments()
    about = machine.describe()
    print(f"{about['cpu']} ({', '.join(about['extensions'])}), {about['cpus']} CPUs. Ratios are medians of the pairs of "
          "one round, in brackets how many.")
    for network in ["unet", "segnet"] if a.network == "both" else [a.network]:
        measure(a, network)
    return 0


if __name__ == "__main__":
    sys.exit(main())

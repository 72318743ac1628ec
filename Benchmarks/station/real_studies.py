#!/usr/bin/env python3
"""Real CTs through the whole station: dropped at once by copy, by rename and by a slow writer, heard by busctl.

    dbus-run-session -- python3 Benchmarks/station/real_studies.py FOLDER SCAN.nii.gz ...

The daemon, the worker and the models are those of .build/release; FOLDER becomes the station's. Fails when a study has not
exactly one result and one signal, when studies were not begun by priority, or when the worklist is not sorted.
"""
import json
import os
import shutil
import subprocess
import sys
import threading
import time

BIN = ".build/release"
SERVICE = "org.lungtriage.Triage1"
DROPS = ["inbox", "inbox/urgent", "inbox/stat"]


def copy(scan, folder, name):
    shutil.copyfile(scan, f"{folder}/{name}")


def rename(scan, folder, name):
    shutil.copyfile(scan, f"{folder}/.{name}.part")
    os.rename(f"{folder}/.{name}.part", f"{folder}/{name}")


def write_slowly(scan, folder, name):
    with open(scan, "rb") as source, open(f"{folder}/{name}", "wb") as file:
        data = source.read()
        step = len(data) // 20 + 1
        for start in range(0, len(data), step):
            file.write(data[start:start + step])
            file.flush()
            time.sleep(0.2)


def lungtriage(*arguments):
    answer = subprocess.run([f"{BIN}/lungtriage", *arguments, "--session", "--json"], capture_output=True, text=True)
    return json.loads(answer.stdout) if answer.returncode == 0 else None


def wait_for(what, seconds, condition):
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            sys.exit(f"waited {seconds} s for {what}")
        time.sleep(0.5)


def main():
    station, scans = sys.argv[1], sys.argv[2:]
    os.makedirs(station)
    signals = []
    listener = subprocess.Popen(
        ["busctl", "--user", "monitor", "--json=short", SERVICE], stdout=subprocess.PIPE, text=True)

    def listen():
        for line in listener.stdout:
            message = json.loads(line)
            if message.get("type") == "signal" and message.get("member", "").startswith("Study"):
                signals.append((time.monotonic(), message["member"], message["payload"]["data"]))

    threading.Thread(target=listen, daemon=True).start()
    with open(f"{station}/daemon.log", "w") as log:
        daemon = subprocess.Popen([f"{BIN}/lungtriaged", "--session", "--root", station], stderr=log)
    try:
        wait_for("the daemon", 20, lambda: lungtriage("status"))
        start = time.monotonic()
        ways = [copy, rename, write_slowly]
        writers = []
        for number, scan in enumerate(scans):
            drop = f"{station}/{DROPS[number % 3]}"
            way = ways[number // 3 % 3]
            name = os.path.basename(scan)
            print(f"{name}: {way.__name__} into {DROPS[number % 3]}")
            writers.append(threading.Thread(target=way, args=(scan, drop, name)))
        for writer in writers:
            writer.start()
        for writer in writers:
            writer.join()

        def ended():
            return [s for s in signals if s[1] in ("StudyCompleted", "StudyFailed")]

        wait_for("all studies", 150 * len(scans), lambda: len(ended()) >= len(scans))
        print(f"{len(scans)} studies in {time.monotonic() - start:.0f} s")
        check(station, scans, ended())
    finally:
        daemon.terminate()
        daemon.wait(60)
        listener.terminate()
    print("held: one result and one signal each, by priority, worklist sorted")


def check(station, scans, ends):
    names = sorted(os.path.basename(scan).removesuffix(".nii.gz") for scan in scans)
    jobs = lungtriage("list", "--limit", "1000")
    outbox = sorted(
        name for name in os.listdir(f"{station}/outbox")
        if os.path.isdir(f"{station}/outbox/{name}") and name != ".staging")
    assert outbox == names, f"outbox: {outbox}"
    assert [kind for _, kind, _ in ends] == ["StudyCompleted"] * len(scans), [kind for _, kind, _ in ends]
    assert len({json.dumps(data[0]) for _, _, data in ends}) == len(scans), "a study was announced twice"
    assert not os.listdir(f"{station}/outbox/.staging"), "staging leftovers"
    jobs.sort(key=lambda job: job["finished"])
    for job in jobs:
        print(f"{job['finished']}  {job['priority']:8}{job['study']}")
    # Whatever arrived first was begun while the others were still being written.
    order = [["stat", "urgent", "routine"].index(job["priority"]) for job in jobs[1:]]
    assert order == sorted(order), "not by priority"
    worklist = lungtriage("worklist")
    for row in worklist:
        print(f"{row['triageLevel']:9}PO {row['po']:5.1f} %  PHO {row['pho']:5.1f} %  {row['study']}")
    scores = [row["po"] for row in worklist]
    assert scores == sorted(scores, reverse=True), "the worklist is not sorted"


main()

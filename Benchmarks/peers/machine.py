"""What the machine is, and how busy it is."""

import os
import platform
from pathlib import Path


def cpu_seconds() -> tuple[float, float]:
    """CPU seconds since boot that all processes used, and that the hypervisor gave to others."""
    fields = [int(f) for f in Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:]]
    user, nice, system, _, _, irq, softirq, steal = fields[:8]
    ticks = os.sysconf("SC_CLK_TCK")
    return (user + nice + system + irq + softirq) / ticks, steal / ticks


def cpus() -> int:
    return os.cpu_count() or 1


def cpuinfo(field: str) -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith(field):
            return line.split(":", 1)[1].strip()
    return ""


def describe() -> dict:
    interesting = ["avx2", "fma", "avx512f", "avx512_bf16", "avx512_fp16", "amx_bf16"]
    return {"cpu": cpuinfo("model name") or platform.machine(), "cpus": cpus(), "system": platform.platform(),
            "extensions": [flag for flag in interesting if flag in cpuinfo("flags").split()]}

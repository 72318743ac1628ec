#!/usr/bin/env bash
# Reading and writing NIfTI files beside nibabel and SimpleITK: seconds, peak memory, ratios.
#   Benchmarks/imaging/run.sh [STUDY.nii.gz]
# Without a study: ../shared/data/covidctmd/P001.nii.gz when present, else a synthetic 512×512×148 volume.
# Makes its own Python environment in Benchmarks/imaging/.venv. Runs every program on one core-set, one process at a
# time, in turns.
set -euo pipefail
cd "$(dirname "$0")/../.."
here=Benchmarks/imaging
if [ ! -x "$here/.venv/bin/python" ]; then
  python3 -m venv "$here/.venv"
  "$here/.venv/bin/pip" -q install -r "$here/requirements.txt"
fi
swift build -c release --product lungtriage-lab
study=${1:-../shared/data/covidctmd/P001.nii.gz}
exec "$here/.venv/bin/python" "$here/compare.py" .build/release/lungtriage-lab "$study"

"""Reads what the Swift writers wrote and compares it with what they were told to write.

    python check_interop.py FOLDER

Needs NumPy and safetensors; PyTorch is used when it is there. Exits with 1 and a sentence on the first difference.
"""

import pathlib
import sys

import numpy as np
from safetensors import deserialize, safe_open
from safetensors.numpy import load_file

folder = pathlib.Path(sys.argv[1])


def expect(name, actual, expected):
    if actual.dtype != expected.dtype or actual.shape != expected.shape or not np.array_equal(actual, expected):
        sys.exit(f"{name}: expected {expected.dtype} {expected!r}, got {actual.dtype} {actual!r}")


expected = {
    "encoder.0.conv1.weight": (np.arange(12, dtype=np.float32) / 8 - 1).reshape(2, 3, 2, 1),
    "encoder.0.norm1.num_batches_tracked": np.array(77, dtype=np.int64),
    "half": np.array([1.0, 65504.0, 5.960464477539063e-08, -0.333251953125, 0.0], dtype=np.float16),
    "ä\"\\\n": np.array([3.0], dtype=np.float32),
    "empty": np.zeros((0, 4), dtype=np.float32),
}
path = folder / "swift.safetensors"
loaded = load_file(path)
if set(loaded) != set(expected):
    sys.exit(f"names: expected {sorted(expected)}, got {sorted(loaded)}")
for name, value in expected.items():
    expect(name, loaded[name], value)
with safe_open(path, framework="np") as file:
    if file.metadata() != {"architecture": "unet", "note": 'a "b" \\ ö'}:
        sys.exit(f"metadata: got {file.metadata()}")

try:
    import torch
    from safetensors.torch import load_file as load_torch
except ImportError:
    print("torch is not installed; checked with NumPy only")
else:
    for name, tensor in load_torch(path).items():
        expect(f"torch {name}", tensor.numpy(), expected[name])

expect("float32.npy", np.load(folder / "float32.npy"), (np.arange(6, dtype=np.float32) / 4).reshape(1, 2, 3))
expect("uint8.npy", np.load(folder / "uint8.npy"), np.array([0, 128, 255], dtype=np.uint8))
expect("scalar.npy", np.load(folder / "scalar.npy"), np.array(2.5, dtype=np.float32))

# Files that the Swift reader accepted must be files to the reference implementation too.
accepted = sorted(folder.glob("accepted-*.safetensors"))
if not accepted:
    sys.exit("no accepted-*.safetensors in the folder")
for path in accepted:
    try:
        deserialize(path.read_bytes())
    except Exception as error:
        sys.exit(f"{path.name}: accepted by the Swift reader, refused by safetensors: {error}")
print(f"interop ok, {len(accepted)} mutated files agreed")

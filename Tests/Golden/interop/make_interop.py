"""Writes the interoperability goldens of this folder with NumPy and the `safetensors` package.

    python make_interop.py [FOLDER]

The committed files were made with the versions in VERSIONS.txt, which this script writes too. Every value is exactly
representable in its type, so the tests compare with equality.
"""

import pathlib
import platform
import sys

import numpy as np
import safetensors
import safetensors.numpy
import safetensors.torch
import torch

folder = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else pathlib.Path(__file__).parent)

# Every float16 class: zeros, smallest and largest subnormal, smallest normal, one, largest, infinities, NaN.
HALF_BITS = [0x0000, 0x8000, 0x0001, 0x03FF, 0x0400, 0x3C00, 0xC000, 0x7BFF, 0x7C00, 0xFC00, 0x7E00, 0x3555]


def torch_file():
    """What PyTorch users save: mixed dtypes, int64 scalars, an empty tensor, metadata with characters to escape."""
    tensors = {
        "encoder.0.conv1.weight": torch.arange(24, dtype=torch.float32).reshape(2, 3, 2, 2) / 4 - 2,
        "encoder.0.norm1.num_batches_tracked": torch.tensor(1234567890123, dtype=torch.int64),
        "encoder.0.norm1.running_var": torch.tensor([0.5, 1e-45, 3.4028234663852886e38], dtype=torch.float32),
        "half": torch.tensor(HALF_BITS, dtype=torch.int32).to(torch.int16).view(torch.float16),
        "bfloat": torch.tensor([1.0, -2.5, 3.3895313892515355e38, 9.183549615799121e-41], dtype=torch.bfloat16),
        "double": torch.tensor([0.1, -1e-300, 2.0], dtype=torch.float64),
        "bytes": torch.tensor([0, 7, 255], dtype=torch.uint8),
        "mask": torch.tensor([True, False, True]),
        "int16": torch.tensor([-32768, 32767], dtype=torch.int16),
        "int32": torch.tensor([-2147483648, 2147483647], dtype=torch.int32),
        "empty": torch.zeros((0, 3), dtype=torch.float32),
    }
    metadata = {"format": "pt", "note": 'quote " backslash \\ tab \t Lungenödem 肺 🫁'}
    safetensors.torch.save_file(tensors, folder / "torch.safetensors", metadata=metadata)


def numpy_files():
    values = np.arange(24, dtype=np.float32).reshape(2, 3, 4) / 8 - 1
    np.save(folder / "float32_c.npy", values)
    np.save(folder / "float32_fortran.npy", np.asfortranarray(values))
    np.save(folder / "float16.npy", np.array(HALF_BITS, dtype=np.uint16).view(np.float16))
    np.save(folder / "float64_scalar.npy", np.array(-0.75))
    np.save(folder / "uint8.npy", np.array([[0, 1, 255]], dtype=np.uint8))
    np.save(folder / "bool.npy", np.array([True, False]))
    np.save(folder / "int16_fortran.npy", np.asfortranarray(np.arange(6, dtype=np.int16).reshape(2, 3) - 3))
    np.save(folder / "int32.npy", np.array([-2147483648, 16777217], dtype=np.int32))
    np.save(folder / "int64.npy", np.array([9007199254740993], dtype=np.int64))
    np.save(folder / "empty.npy", np.zeros((3, 0), dtype=np.float32))
    for version in [(2, 0), (3, 0)]:
        with open(folder / f"version{version[0]}.npy", "wb") as file:
            np.lib.format.write_array(file, values[0], version=version)


torch_file()
numpy_files()
(folder / "VERSIONS.txt").write_text(
    f"python {platform.python_version()}\nnumpy {np.__version__}\n"
    f"safetensors {safetensors.__version__}\ntorch {torch.__version__}\n"
)

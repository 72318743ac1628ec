#!/usr/bin/env python3
"""Judges, with nibabel, what this program wrote: FOLDER holds triples NAME.in, NAME.labels.nii.gz, NAME.ct.nii.

NAME.in is the input. The labels must lie on its grid: version, byte order, dimensions, qform, sform, codes, spacing and
units the same bits; values, once in LPS, their own running number modulo 251, plus 1. The ct must be read as the input,
rounded and clamped to int16. Prints what is wrong and ends with 1, or the number of files judged.
"""
import sys
import zlib
from pathlib import Path

import nibabel
import numpy
from nibabel.orientations import apply_orientation, axcodes2ornt, io_orientation, ornt_transform

SAME_FIELDS = [
    "sizeof_hdr", "dim", "pixdim", "qform_code", "sform_code", "quatern_b", "quatern_c", "quatern_d", "qoffset_x",
    "qoffset_y", "qoffset_z", "srow_x", "srow_y", "srow_z", "xyzt_units", "magic", "dim_info", "slice_start", "slice_end",
    "slice_code", "slice_duration", "toffset",
]


def image(raw):
    kind = nibabel.Nifti2Image if 540 in (int.from_bytes(raw[:4], end) for end in ("little", "big")) else nibabel.Nifti1Image
    return kind.from_bytes(raw)


def content(path):
    """The file decompressed: all gzip members, and not what lies behind them, which Python's gzip would refuse."""
    data, out = path.read_bytes(), b""
    if data[:2] != b"\x1f\x8b":
        return data
    while data[:2] == b"\x1f\x8b":
        engine = zlib.decompressobj(31)
        out += engine.decompress(data)
        data = engine.unused_data
    return out


def in_three(values):
    return values.reshape(tuple(values.shape[:3]) + (1,) * (3 - min(values.ndim, 3)))


def placed(source):
    """The affine in the file's units, with the standard's method 1 where there is no form."""
    header = source.header
    if header["sform_code"] > 0:
        affine = header.get_sform()
        if header["dim"][0] == 2 and not affine[:3, 2].any():
            affine[:3, 2] = numpy.cross(affine[:3, 0], affine[:3, 1])
        return affine
    return header.get_qform() if header["qform_code"] > 0 else numpy.diag([*header["pixdim"][1:4], 1.0])


def judge_labels(source, path):
    raw = content(path)
    labels = image(raw)
    packed = path.read_bytes()
    problems = []
    for field in SAME_FIELDS:
        a, b = source.header[field], labels.header[field]
        if a.tobytes() != b.tobytes():
            problems.append(f"{field}: {a} became {b}")
    if source.header.endianness != labels.header.endianness:
        problems.append("byte order changed")
    if labels.get_data_dtype() != numpy.uint8:
        problems.append(f"type {labels.get_data_dtype()}")
    if packed[4:8] != bytes(4) or packed[3] != 0:
        problems.append("the gzip header holds a time or a name")
    if b"golden" in raw[:348] or b"patient" in raw:
        problems.append("free text was taken over")
    change = ornt_transform(io_orientation(placed(source)), axcodes2ornt("LPS"))
    lps = apply_orientation(in_three(numpy.asanyarray(labels.dataobj)), change)
    running = (numpy.arange(lps.size) % 251 + 1).reshape(lps.shape, order="F")
    if not (lps == running).all():
        problems.append("the voxels are in another order")
    return problems


def judge_ct(source, path):
    ct = image(content(path))
    problems = []
    if ct.get_data_dtype() != numpy.int16:
        problems.append(f"type {ct.get_data_dtype()}")
    expected = numpy.clip(numpy.rint(numpy.asanyarray(source.dataobj).astype(float)), -32768, 32767)
    if not (in_three(numpy.asanyarray(ct.dataobj)) == in_three(expected)).all():
        problems.append("values differ")
    unit = {"mm": 1, "unknown": 1, "meter": 1000, "micron": 0.001}[source.header.get_xyzt_units()[0]]
    wanted = placed(source)[:3] * unit
    for name, got in [("sform", ct.get_sform()[:3])] + ([("qform", ct.get_qform()[:3])] if ct.header["qform_code"] else []):
        limit = 2e-3
        off = numpy.abs(got - wanted)
        if source.ndim < 3:
            off = off[:, [0, 1, 3]]
        if off.max() > limit:
            problems.append(f"{name} is off by {off.max()} mm")
    return problems


def main(folder):
    problems, judged = [], 0
    for path in sorted(Path(folder).glob("*.in")):
        source = image(content(path))
        for suffix, judge in [(".labels.nii.gz", judge_labels), (".ct.nii", judge_ct)]:
            judged += 1
            problems += [f"{path.stem}{suffix}: {text}" for text in judge(source, path.with_suffix(suffix))]
    print("\n".join(problems) if problems else f"{judged} files judged by nibabel {nibabel.__version__}")
    return 1 if problems or judged == 0 else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))

#!/usr/bin/env python3
"""Writes nifti_cases.json: small NIfTI files made by nibabel, and what nibabel and NumPy say of them.

Each case holds one file (base64) and either the error that it must give or what it must be read as: shape, affine
(mm), voxel order, values, and the same after reordering to LPS. Voxels are listed i fastest.

    python3 -m venv .venv && .venv/bin/pip install nibabel==5.4.2 numpy==2.4.6
    .venv/bin/python make_nifti_golden.py

The random numbers come from a fixed seed, so the script writes the same file again.
"""
import base64
import gzip
import io
import itertools
import json
from pathlib import Path

import nibabel
import numpy
from nibabel.orientations import apply_orientation, axcodes2ornt, inv_ornt_aff, io_orientation, ornt_transform

SHAPE = (3, 4, 2)
SPACING = (0.7, 0.8, 2.5)
ORIGIN = (-11.25, 23.5, 101.0)
RANDOM = numpy.random.default_rng(20)
ORDERS = [
    "".join(letters)
    for axes in itertools.permutations(["RL", "AP", "SI"])
    for letters in itertools.product(*axes)
]
HU = RANDOM.integers(-1024, 3000, SHAPE).astype(numpy.int16)


def affine_of(order, rotation=numpy.eye(3), shear=numpy.eye(3)):
    """Axes along `order`, then sheared and turned."""
    directions = {"R": (1, 0, 0), "L": (-1, 0, 0), "A": (0, 1, 0), "P": (0, -1, 0), "S": (0, 0, 1), "I": (0, 0, -1)}
    affine = numpy.eye(4)
    affine[:3, :3] = rotation @ shear @ numpy.array([directions[letter] for letter in order]).T @ numpy.diag(SPACING)
    affine[:3, 3] = ORIGIN
    return affine


def turned(degrees):
    """A rotation about a random axis."""
    axis = RANDOM.normal(size=3)
    x, y, z = axis / numpy.linalg.norm(axis)
    a = numpy.deg2rad(degrees)
    k = numpy.array([[0, -z, y], [z, 0, -x], [-y, x, 0]])
    return numpy.eye(3) + numpy.sin(a) * k + (1 - numpy.cos(a)) * (k @ k)


def made(data, sform=None, qform=None, version=1, big=False, slope=None, inter=0.0, units="mm", change=None):
    """A file's bytes. Slope and intercept are written as they are; `change` edits the header last."""
    kind = nibabel.Nifti1Image if version == 1 else nibabel.Nifti2Image
    header = kind.header_class(endianness=">" if big else "<")
    header.set_data_dtype(data.dtype.newbyteorder(">" if big else "<"))
    header.set_data_shape(data.shape)
    header.set_zooms(list(SPACING[: data.ndim]) + [1.0] * (data.ndim - 3))
    header.set_xyzt_units(units, "sec")
    header.set_sform(sform, code=1 if sform is not None else 0)
    # Unlike the sform, the qform sets the spacing too.
    header.set_qform(qform, code=1 if qform is not None else 0, strip_shears=True)
    stored = header.get_data_dtype()
    header["descrip"] = b"golden"
    header["magic"] = header.single_magic
    header["vox_offset"] = header.single_vox_offset
    if slope is not None:
        header["scl_slope"], header["scl_inter"] = slope, inter
    else:
        header["scl_slope"], header["scl_inter"] = 0, 0
    if change:
        change(header)
    file = io.BytesIO()
    file.write(header.binaryblock)
    file.write(bytes(int(header["vox_offset"]) - file.tell()))
    file.write(data.astype(stored).tobytes(order="F"))
    return file.getvalue()


def read(content):
    """The file as nibabel reads it: image, float64 values, form, affine in mm."""
    name = io.BytesIO(content)
    kind = nibabel.Nifti2Image if content[:4] in (b"\x1c\x02\x00\x00", b"\x00\x00\x02\x1c") else nibabel.Nifti1Image
    image = kind.from_bytes(name.getvalue())
    values = numpy.asanyarray(image.dataobj).astype(numpy.float64)
    header = image.header
    form = "sform" if header["sform_code"] > 0 else "qform" if header["qform_code"] > 0 else "spacingOnly"
    scale = {"mm": 1.0, "unknown": 1.0, "meter": 1000.0, "micron": 0.001}[header.get_xyzt_units()[0]]
    if form == "spacingOnly":
        # nibabel centres such volumes and mirrors them; the standard's method 1 does neither.
        spacing = [float(value) for value in header["pixdim"][1:4]]
        affine = numpy.diag(spacing + [1.0])
    else:
        affine = numpy.array(image.affine, dtype=numpy.float64)
    affine[:3] *= scale
    return values, form, affine


def expectation(content):
    values, form, affine = read(content)
    volume = values.reshape(tuple(values.shape[:3]) + (1,) * (3 - min(values.ndim, 3)))
    order = "".join(nibabel.aff2axcodes(affine))
    change = ornt_transform(io_orientation(affine), axcodes2ornt("LPS"))
    lps = apply_orientation(volume, change)
    lps_affine = affine @ inv_ornt_aff(change, volume.shape)
    hu = numpy.clip(numpy.rint(volume), -32768, 32767).astype(int)
    return {
        "form": form,
        "shape": list(volume.shape),
        "affine": affine[:3].ravel().tolist(),
        "order": order,
        "values": [float(v) for v in volume.ravel(order="F")],
        "hu": hu.ravel(order="F").tolist(),
        "lps": {
            "shape": list(lps.shape),
            "affine": lps_affine[:3].ravel().tolist(),
            "hu": numpy.clip(numpy.rint(lps), -32768, 32767).astype(int).ravel(order="F").tolist(),
        },
    }


CASES = []


def case(name, content, error=None, compress=True, file=None, **more):
    """Adds a case; `file` is what lies in the file when it is not just `content`, compressed or not."""
    stored = file if file is not None else gzip.compress(content, mtime=0) if compress else content
    entry = {"name": name, "file": base64.b64encode(stored).decode(), **more}
    if error:
        entry["error"] = error
    else:
        entry.update(expectation(content))
    CASES.append(entry)


def grids():
    for order in ORDERS:
        case(f"sform {order}", made(HU, sform=affine_of(order)))
    for order in ORDERS[::3]:
        case(f"qform {order}", made(HU, qform=affine_of(order), version=2), compress=False)
    for index, degrees in enumerate([3, 12, 20, 30, 35, 40]):
        affine = affine_of(ORDERS[index * 7], rotation=turned(degrees))
        case(f"oblique {degrees} both", made(HU, sform=affine, qform=affine))
        case(f"oblique {degrees} qform", made(HU, qform=affine, big=True))
        case(f"oblique {degrees} NIfTI-2", made(HU, sform=affine, qform=affine, version=2, big=index % 2 == 0))
    for index, tilt in enumerate([0.1, -0.2, 0.3, -0.4]):
        shear = numpy.eye(3)
        shear[1, 2] = tilt
        # The spacing along the sheared axis is longer than pixdim says.
        differs = 1 - 1 / float(numpy.hypot(1, tilt))
        case(f"sheared {tilt}", made(HU, sform=affine_of(ORDERS[index * 11 + 2], shear=shear)), pixdimDiffersBy=differs)
    plain = affine_of("LPS")
    moved = plain.copy()
    moved[0, 3] += 10
    mirrored = affine_of("RPS")
    case("contradicting by 10 mm", made(HU, sform=moved, qform=plain), formsDifferBy=10.0)
    far = float(max(numpy.linalg.norm((mirrored - plain) @ [i, j, k, 1]) for i in (0, 2) for j in (0, 3) for k in (0, 1)))
    case("contradicting by a mirror", made(HU, sform=mirrored, qform=plain), formsDifferBy=far)
    case("neither form", made(HU))
    case("neither form, NIfTI-2", made(HU, version=2, big=True))

    def wrong_pixdim(header):
        header["pixdim"][3] = 5.0

    case("pixdim other than sform", made(HU, sform=plain, change=wrong_pixdim), pixdimDiffersBy=1.0)


def units():
    for unit, factor in [("meter", 0.001), ("micron", 1000.0), ("unknown", 1.0)]:
        affine = affine_of("LAS")
        affine[:3] *= factor

        def scaled(header, factor=factor):
            header["pixdim"][1:4] = [value * factor for value in SPACING]

        case(f"in {unit}, sform", made(HU, sform=affine, units=unit, change=scaled))
        case(f"in {unit}, qform", made(HU, qform=affine, units=unit, change=scaled))
        case(f"in {unit}, neither", made(HU, units=unit, change=scaled))


def types():
    kinds = ["uint8", "int8", "uint16", "int16", "uint32", "int32", "uint64", "int64", "float32", "float64"]
    for kind, big in itertools.product(kinds, [False, True]):
        dtype = numpy.dtype(kind)
        if dtype.kind == "f":
            data = RANDOM.normal(0, 900, SHAPE).astype(dtype)
            data[0, 0, 0], data[1, 0, 0], data[2, 0, 0] = 0.5, 1.5, -2.5
            data[0, 1, 0], data[1, 1, 0] = 1e6, -1e6
        else:
            info = numpy.iinfo(dtype)
            data = RANDOM.integers(max(info.min, -3000), min(info.max, 4000), SHAPE, endpoint=True).astype(dtype)
            data[0, 0, 0], data[1, 0, 0] = info.min, info.max
        end = "big" if big else "little"
        affine = affine_of("LAS")
        case(f"{kind} {end}", made(data, sform=affine, big=big))
        case(f"{kind} {end} scaled", made(data, sform=affine, big=big, version=2 if big else 1, slope=0.25, inter=-7.0))
    case("int16 shifted", made(HU, sform=affine_of("LPS"), slope=1, inter=-1024.0))
    case("int16 slope 0", made(HU, sform=affine_of("LPS"), slope=0, inter=-1024.0))
    case("int16 slope NaN", made(HU, sform=affine_of("LPS"), slope=numpy.nan, inter=numpy.nan))
    case("int16 negative slope", made(HU, sform=affine_of("LPS"), slope=-2, inter=3.5))


def shapes():
    affine = affine_of("LPS")
    case("a plane", made(HU[:, :, 0], sform=affine))
    flat = affine.copy()
    flat[:3, 2] = 0
    flat_file = made(HU[:, :, 0], sform=affine, change=lambda h: h["srow_z"].__setitem__(2, 0))
    whole = made(HU[:, :, :1], sform=affine_of("LPS") @ numpy.diag([1, 1, 1 / SPACING[2], 1]))
    case("a plane without a third axis", whole, file=flat_file)
    case("four dimensions, one volume", made(HU[..., None], sform=affine))
    case("seven dimensions, one volume", made(HU[..., None, None, None, None], sform=affine, version=2))
    case("one voxel", made(HU[:1, :1, :1], sform=affine))


def streams():
    affine = affine_of("LPS")
    content = made(HU, sform=affine)
    members = b"".join(gzip.compress(content[a:b], mtime=0) for a, b in [(0, 100), (100, 100), (100, 360), (360, None)])
    case("several gzip members", content, file=members)
    case("bytes behind the stream", content, file=gzip.compress(content, mtime=0) + b"left over")
    case("bytes behind the voxels", content, file=gzip.compress(content + bytes(1000), mtime=0))
    named = io.BytesIO()
    with gzip.GzipFile("a long name.nii", "wb", fileobj=named, mtime=12345) as stream:
        stream.write(content)
    case("gzip with a name and a time", content, file=named.getvalue())
    case("gzip, stored only", content, file=gzip.compress(content, compresslevel=0, mtime=0))

    def extended(header):
        header["vox_offset"] = 400

    with_extension = bytearray(made(HU, sform=affine, change=extended))
    with_extension[348:352] = b"\1\0\0\0"
    with_extension[352:360] = (48).to_bytes(4, "little") + (6).to_bytes(4, "little")
    with_extension[360:376] = b"a patient's name"
    case("with an extension", bytes(with_extension))


def errors():
    affine = affine_of("LPS")
    good = made(HU, sform=affine)
    for kind in ["complex64", "complex128"]:
        case(kind, made(HU.astype(kind), sform=affine), error="unsupported")
    for name, code in [("RGB", 128), ("RGBA", 2304), ("float128", 1536), ("complex256", 2048), ("single bits", 1)]:
        case(name, made(HU, sform=affine, change=lambda h, c=code: h.__setitem__("datatype", c)), error="unsupported")
    for code in [0, 3, 255, -4]:
        case(f"type code {code}", made(HU, sform=affine, change=lambda h, c=code: h.__setitem__("datatype", c)),
             error="malformedHeader")
    case("two volumes", made(numpy.stack([HU, HU], axis=-1), sform=affine), error="unsupported")
    case("one dimension", made(HU[:, 0, 0], sform=affine), error="unsupported")
    case("a pair's header", made(HU, sform=affine, change=lambda h: h.__setitem__("magic", b"ni1")), error="unsupported")
    case("Analyze", good[:344] + bytes(4) + good[348:], error="notNIfTI")
    case("no NIfTI at all", b"\x89PNG" + bytes(400), compress=False, error="notNIfTI")
    case("nothing", b"", compress=False, error="notNIfTI")
    case("nothing, compressed", b"", error="notNIfTI")
    real = RANDOM.normal(size=SHAPE).astype(numpy.float32)
    for name, value in [("NaN", numpy.nan), ("infinite", -numpy.inf)]:
        bad = real.copy()
        bad[1, 2, 1] = value
        case(f"{name} voxel", made(bad, sform=affine), error="notFinite")
    fields = [
        ("spacing 0", "pixdim", 1, 0), ("spacing NaN", "pixdim", 2, numpy.nan), ("spacing infinite", "pixdim", 3, numpy.inf),
        ("spacing negative", "pixdim", 1, -0.7), ("spacing 5 m", "pixdim", 3, 5000), ("side 0", "dim", 2, 0),
        ("side negative", "dim", 3, -2), ("dimensions 0", "dim", 0, 0), ("dimensions 8", "dim", 0, 8),
        ("sform NaN", "srow_x", 3, numpy.nan), ("sform flat", "srow_z", 2, 0),
    ]
    for name, field, index, value in fields:
        case(name, made(HU, sform=affine, change=lambda h, f=field, i=index, v=value: h[f].__setitem__(i, v)),
             error="malformedHeader")
    singles = [
        ("slope infinite", "scl_slope", numpy.inf), ("offset 0", "vox_offset", 0), ("offset NaN", "vox_offset", numpy.nan),
        ("offset between bytes", "vox_offset", 352.5), ("unit 5", "xyzt_units", 5), ("sform code 9", "sform_code", 9),
        ("qform code -1", "qform_code", -1),
    ]
    for name, field, value in singles:
        def set_field(header, field=field, value=value):
            header["scl_slope"] = 1
            header[field] = value

        content = bytearray(made(HU, sform=affine))
        header = nibabel.Nifti1Header(bytes(content[:348]), check=False)
        set_field(header)
        content[:348] = header.binaryblock
        case(name, bytes(content), error="malformedHeader")
    quaternion = made(HU, qform=affine, change=lambda h: h.__setitem__("quatern_b", 1.5))
    case("quaternion too long", quaternion, error="malformedHeader")
    case("more voxels than bytes", good[:-1], compress=False, error="truncated")
    case("more voxels than bytes, compressed", good[:-1], error="truncated")
    case("more voxels than can be", made(HU, sform=affine, change=lambda h: h["dim"].__setitem__(slice(1, 4), 32767)),
         error="tooLarge")
    packed = gzip.compress(good, mtime=0)
    case("stream cut", good, file=packed[:-20], error="truncated")
    case("stream cut in its check sum", good, file=packed[:-3], error="truncated")
    wrong_sum = bytearray(packed)
    wrong_sum[-6] ^= 1
    case("wrong check sum", good, file=bytes(wrong_sum), error="corruptStream")
    windows = bytearray(made(HU, sform=affine, version=2))
    windows[8:12] = b"\n\n\x1a\n"
    case("transfer in text mode", bytes(windows), error="malformedHeader")


if __name__ == "__main__":
    for part in (grids, units, types, shapes, streams, errors):
        part()
    document = {"nibabel": nibabel.__version__, "numpy": numpy.__version__, "cases": CASES}
    lines = ",\n".join(json.dumps(entry, separators=(",", ":")) for entry in document.pop("cases"))
    text = json.dumps(document)[:-1] + ', "cases": [\n' + lines + "\n]}\n"
    Path(__file__).with_name("nifti_cases.json").write_text(text)
    print(f"{len(CASES)} cases, {len(text)} bytes")

"""What scipy, numpy, SimpleITK and PyTorch say about small volumes: writes volumes.json beside this file.

    python3 -m venv .venv && .venv/bin/pip install -r requirements.txt && .venv/bin/python make_volumes.py

Volumes are not stored: `values` (SplitMix64 by index) makes them from a seed, here and in the Swift tests. Large results are
stored as a hash over their whole numbers. Arrays here are indexed [k, j, i]: C order is Imaging's memory order.
"""

import itertools
import json
import pathlib

import numpy as np
import SimpleITK as sitk
import torch
from scipy import ndimage

torch.set_num_threads(1)


def values(seed, count):
    with np.errstate(over="ignore"):
        z = np.uint64(seed) + np.arange(1, count + 1, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15)
        z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        return z ^ (z >> np.uint64(31))


def mask(seed, size, percent):
    """size is i, j, k."""
    i, j, k = size
    return (values(seed, i * j * k) % np.uint64(100) < percent).reshape(k, j, i)


def hounsfield(seed, size):
    i, j, k = size
    return ((values(seed, i * j * k) % np.uint64(3000)).astype(np.int64) - 1024).astype(np.int16).reshape(k, j, i)


def digest(array):
    h = 0xCBF29CE484222325
    for value in np.asarray(array).astype(np.int64).ravel().tolist():
        h = ((h ^ (value & 0xFFFFFFFFFFFFFFFF)) * 0x100000001B3) & 0xFFFFFFFFFFFFFFFF
    return str(h)


def neighbours(connectivity):
    if connectivity in (4, 8):
        structure = np.zeros((3, 3, 3), bool)
        structure[1] = ndimage.generate_binary_structure(2, 1 if connectivity == 4 else 2)
        return structure
    return ndimage.generate_binary_structure(3, {6: 1, 18: 2, 26: 3}[connectivity])


def components():
    for seed, size, percent in [(1, (70, 9, 8), 12), (2, (33, 29, 17), 30), (3, (16, 16, 16), 50),
                                (4, (131, 7, 5), 70), (5, (1, 40, 30), 35), (6, (40, 1, 30), 35), (7, (40, 30, 1), 35)]:
        foreground = mask(seed, size, percent)
        for connectivity in (4, 8, 6, 18, 26):
            labels, count = ndimage.label(foreground, neighbours(connectivity))
            sizes = np.bincount(labels.ravel(), minlength=count + 1)[1:]
            largest = int(np.argmax(sizes)) + 1
            box = ndimage.find_objects(labels)[largest - 1]
            center = ndimage.center_of_mass(foreground, labels, largest)
            small = sizes < 5
            yield dict(seed=seed, size=size, percent=percent, connectivity=connectivity, count=count,
                       labels=digest(labels), sizes=digest(sizes), largest=int(sizes[largest - 1]),
                       largestMask=digest(labels == largest),
                       withoutSmall=digest(foreground & ~np.concatenate([[False], small])[labels]),
                       box=[[box[2 - axis].start, box[2 - axis].stop] for axis in range(3)], centroid=center[::-1])


def holes():
    for seed, size, percent in [(11, (33, 29, 17), 55), (12, (70, 11, 9), 75), (13, (16, 16, 16), 85)]:
        foreground = mask(seed, size, percent)
        slices = np.stack([ndimage.binary_fill_holes(plane) for plane in foreground])
        yield dict(seed=seed, size=size, percent=percent, inSlices=digest(slices),
                   inVolume=digest(ndimage.binary_fill_holes(foreground)))


def structure(kind, spacing, argument):
    """As [k, j, i]; spacing is i, j, k."""
    if kind == "box":
        return np.ones([2 * n + 1 for n in argument[::-1]], bool)
    if kind == "cross":
        n = argument[0]
        grid = np.abs(np.mgrid[-n:n + 1, -n:n + 1, -n:n + 1]).sum(0)
        return grid <= n
    radius = argument[0]
    reach = [int(np.floor(radius / s + 1e-3)) for s in spacing]
    if kind == "disc":
        reach[2] = 0
    k, j, i = np.mgrid[-reach[2]:reach[2] + 1, -reach[1]:reach[1] + 1, -reach[0]:reach[0] + 1]
    squared = (i * spacing[0]) ** 2 + (j * spacing[1]) ** 2 + (k * spacing[2]) ** 2
    return squared <= radius ** 2 * (1 + 1e-5)


def morphology():
    elements = [("ball", (1.0, 1.0, 1.0), [2.0]), ("ball", (0.7, 0.8, 1.25), [2.1]), ("ball", (0.7, 0.7, 0.6), [1.4]),
                ("ball", (0.8, 0.6, 2.5), [3.0]), ("ball", (0.7, 0.7, 5.0), [4.2]), ("ball", (1.0, 1.0, 1.0), [0.5]),
                ("disc", (0.7, 0.8, 1.0), [2.4]), ("box", (1.0, 1.0, 1.0), [1, 2, 3]), ("box", (1.0, 1.0, 1.0), [2, 0, 1]),
                ("cross", (1.0, 1.0, 1.0), [1]), ("cross", (0.7, 0.9, 3.0), [3])]
    volumes = [(21, (37, 23, 12), 2), (22, (37, 23, 12), 97), (23, (20, 30, 14), 40), (24, (19, 24, 1), 10)]
    for (kind, spacing, argument), (seed, size, percent) in itertools.product(elements, volumes):
        foreground = mask(seed, size, percent)
        element = structure(kind, spacing, argument)
        dilate = lambda m: ndimage.binary_dilation(m, element)
        erode = lambda m: ndimage.binary_erosion(m, element, border_value=1)
        yield dict(kind=kind, spacing=spacing, argument=argument, seed=seed, size=size, percent=percent,
                   dilated=digest(dilate(foreground)), eroded=digest(erode(foreground)),
                   opened=digest(dilate(erode(foreground))), closed=digest(erode(dilate(foreground))))


def distances():
    """With spacings in quarters, sixteen times a squared distance is a whole number."""
    for seed, size, percent, spacing in [(31, (37, 23, 12), 1, (0.75, 0.5, 1.25)), (32, (40, 35, 30), 60, (0.75, 0.75, 2.0)),
                                         (33, (20, 30, 40), 99, (1.0, 1.0, 1.0)), (34, (1, 50, 9), 3, (0.5, 0.75, 5.0))]:
        foreground = mask(seed, size, percent)
        outside = ndimage.distance_transform_edt(~foreground, sampling=spacing[::-1])
        inside = ndimage.distance_transform_edt(foreground, sampling=spacing[::-1])
        sixteenths = lambda d: np.rint(d * d * 16).astype(np.int64)
        yield dict(seed=seed, size=size, percent=percent, spacing=spacing, distances=digest(sixteenths(outside)),
                   signed=digest(sixteenths(outside) - sixteenths(inside)))


def pictures():
    """Rectangle columns i, rows j, then height, width."""
    size = (29, 23, 2)
    for seed, i, j, height, width in [(41, (3, 27), (2, 20), 7, 9), (42, (0, 29), (0, 23), 31, 40), (43, (-5, 20), (4, 31), 12, 10),
                                      (44, (4, 12), (5, 21), 16, 5), (45, (2, 12), (3, 15), 12, 10), (46, (40, 50), (0, 9), 3, 4)]:
        plane = hounsfield(seed, size)[1].astype(np.float64)
        padded = np.pad(plane, 50, constant_values=-1000)
        crop = torch.tensor(padded[j[0] + 50:j[1] + 50, i[0] + 50:i[1] + 50])[None, None]
        resized = torch.nn.functional.interpolate(
            crop, size=(height, width), mode="bilinear", align_corners=False, antialias=True)
        nearest = torch.nn.functional.interpolate(crop, size=(height, width), mode="nearest-exact")
        back = torch.nn.functional.interpolate(
            resized, size=crop.shape[2:], mode="bilinear", align_corners=False, antialias=True)
        yield dict(seed=seed, size=size, i=i, j=j, height=height, width=width,
                   values=np.round(resized.ravel().numpy(), 4).tolist(), nearest=digest(nearest.numpy()),
                   restored=np.round(back.ravel().numpy(), 4).tolist())


def rotation(a, b, c):
    turn = lambda t, p, q: np.array([[np.cos(t) if r == s else 0 if {r, s} - {p, q} else (-1 if (r, s) == (p, q) else 1) * np.sin(t)
                                      for s in range(3)] for r in range(3)]) + np.diag([0 if n in (p, q) else 1 - np.cos(t) for n in range(3)])
    return turn(a, 0, 1) @ turn(b, 0, 2) @ turn(c, 1, 2)


def image(array, affine):
    result = sitk.GetImageFromArray(array)
    spacing = np.linalg.norm(affine[:, :3], axis=0)
    result.SetSpacing(spacing.tolist())
    result.SetDirection((affine[:, :3] / spacing).ravel().tolist())
    result.SetOrigin(affine[:, 3].tolist())
    return result


def resampled():
    lps = np.diag([-1.0, -1.0, 1.0])
    for seed, turned, size, spacing, origin in [
            (51, (0, 0, 0), (9, 13, 8), (1.7, 0.6, 2.3), (20.03, 30.01, -41.0)), (52, (0.1, -0.2, 0.15), (10, 9, 8), (1.1, 1.2, 2.0), (21.0, 29.0, -43.0)),
            (53, (0, 0, 0), (12, 11, 20), (0.8, 0.9, 1.1), (22.0, 31.5, -42.0))]:
        source = np.column_stack([lps @ np.diag([0.8, 0.9, 2.5]), [21.0, 30.0, -42.0]])
        target = np.column_stack([rotation(*turned) @ lps @ np.diag(spacing), origin])
        array = hounsfield(seed, (14, 12, 9))
        labels = (values(seed + 100, array.size) % np.uint64(4)).astype(np.uint8).reshape(array.shape)
        reference = image(np.zeros(size[::-1], np.float64), target)
        linear = sitk.Resample(image(array.astype(np.float64), source), reference, sitk.Transform(), sitk.sitkLinear, -1000.0)
        nearest = sitk.Resample(image(labels, source), reference, sitk.Transform(), sitk.sitkNearestNeighbor, 9)
        yield dict(seed=seed, sourceSize=(14, 12, 9), source=source.T.tolist(), size=size, target=target.T.tolist(),
                   linear=np.round(sitk.GetArrayFromImage(linear), 4).ravel().tolist(),
                   nearest=digest(sitk.GetArrayFromImage(nearest)))


def statistics():
    size = (31, 17, 9)
    array = hounsfield(61, size)
    labels = (values(62, array.size) % np.uint64(4)).reshape(array.shape)
    for label in range(4):
        chosen = array[labels == label]
        yield dict(seed=61, labelSeed=62, size=size, label=label, voxels=int(chosen.size), mean=float(chosen.mean(dtype=np.float64)),
                   standardDeviation=float(chosen.std(dtype=np.float64)), atLeastMinus200=int((chosen >= -200).sum()),
                   percentiles=np.percentile(chosen, [0, 5, 12.34, 50, 95, 99.9, 100]).tolist(),
                   bySlice=(labels == label).sum(axis=(1, 2)).tolist())


golden = dict(components=list(components()), holes=list(holes()), morphology=list(morphology()), distances=list(distances()),
              pictures=list(pictures()), resampled=list(resampled()), statistics=list(statistics()))
path = pathlib.Path(__file__).with_name("volumes.json")
path.write_text("{\n" + ",\n".join(
    f'"{name}": [\n' + ",\n".join(json.dumps(case, separators=(",", ":")) for case in cases) + "\n]" for name, cases in golden.items()) + "\n}\n")

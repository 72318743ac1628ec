"""Times scipy, SimpleITK and PyTorch on the volume that volumes-benchmark wrote: best of three runs, in ms."""

import sys
import time

import numpy as np
import SimpleITK as sitk
import torch
from scipy import ndimage

torch.set_num_threads(2)
sitk.ProcessObject.SetGlobalDefaultNumberOfThreads(2)
SPACING = (0.7, 0.7, 2.0)


def timed(name, body, runs=3):
    wall = processor = float("inf")
    for _ in range(runs):
        start, processor_start = time.perf_counter(), time.process_time()
        body()
        wall = min(wall, time.perf_counter() - start)
        processor = min(processor, time.process_time() - processor_start)
    print(f"{name:44s}{wall * 1000:9.1f} ms  (processor {processor * 1000:9.1f} ms)", flush=True)


def image(array, spacing=SPACING):
    result = sitk.GetImageFromArray(array)
    result.SetSpacing(spacing)
    return result


ct = np.fromfile(sys.argv[1], np.int16).reshape(148, 512, 512)
air = ct <= -320
labels, count = ndimage.label(air)
sizes = np.bincount(labels.ravel())
sizes[0] = 0
lungs = np.isin(labels, np.argsort(sizes)[-3:])
print(f"{count} components")
air_image, lung_image = image(air.astype(np.uint8)), image(lungs.astype(np.uint8))
k, j, i = np.mgrid[-2:3, -7:8, -7:8]
ball = (i * 0.7) ** 2 + (j * 0.7) ** 2 + (k * 2.0) ** 2 <= 25

timed("scipy label, 6", lambda: ndimage.label(air))
timed("scipy label, 26", lambda: ndimage.label(air, np.ones((3, 3, 3))))
timed("SimpleITK ConnectedComponent, 6", lambda: sitk.ConnectedComponent(air_image, False))
timed("SimpleITK ConnectedComponent, 26", lambda: sitk.ConnectedComponent(air_image, True))
timed("scipy binary_fill_holes in volume", lambda: ndimage.binary_fill_holes(lungs), 1)
timed("scipy binary_fill_holes in slices", lambda: [ndimage.binary_fill_holes(s) for s in lungs], 1)
timed("SimpleITK BinaryFillhole in volume", lambda: sitk.BinaryFillhole(lung_image))
timed("scipy binary_dilation, ball 5 mm", lambda: ndimage.binary_dilation(lungs, ball), 1)
timed("SimpleITK BinaryDilate, ball 5 mm", lambda: sitk.BinaryDilate(lung_image, [7, 7, 2], sitk.sitkBall), 1)
timed("SimpleITK BinaryClosing, ball 10 mm", lambda: sitk.BinaryMorphologicalClosing(lung_image, [14, 14, 5], sitk.sitkBall), 1)
timed("SimpleITK BinaryOpening, ball 3 mm", lambda: sitk.BinaryMorphologicalOpening(lung_image, [4, 4, 1], sitk.sitkBall), 1)
timed("scipy binary_dilation, 3x3x3", lambda: ndimage.binary_dilation(lungs, np.ones((3, 3, 3))), 1)
timed("scipy distance_transform_edt", lambda: ndimage.distance_transform_edt(~lungs, sampling=SPACING[::-1]), 1)
timed("SimpleITK SignedMaurerDistanceMap", lambda: sitk.SignedMaurerDistanceMap(
    lung_image, insideIsPositive=False, squaredDistance=False, useImageSpacing=True))

turned = np.array([[1, 0.05, 0], [-0.05, 1, 0], [0, 0, 1]]) / np.array([[np.hypot(1, 0.05)] * 2 + [1]] * 3)
for name, direction in [("parallel axes", np.eye(3)), ("oblique", turned)]:
    grid = sitk.Image([398, 398, 196], sitk.sitkInt16)
    grid.SetSpacing((0.9, 0.9, 1.5))
    grid.SetDirection(direction.ravel().tolist())
    timed(f"SimpleITK Resample, linear, {name}", lambda: sitk.Resample(image(ct), grid, sitk.Transform(), sitk.sitkLinear, -1000.0))
    timed(f"SimpleITK Resample, nearest, {name}", lambda: sitk.Resample(lung_image, grid, sitk.Transform(), sitk.sitkNearestNeighbor))

crop = torch.tensor(ct[:, 60:450, 20:490].astype(np.float32))[:, None]
timed("PyTorch interpolate, all slices to 256x256", lambda: torch.nn.functional.interpolate(
    crop, size=(256, 256), mode="bilinear", align_corners=False, antialias=True))
timed("numpy bincount under the label", lambda: np.bincount(ct[lungs].astype(np.int64) + 32768, minlength=65536))

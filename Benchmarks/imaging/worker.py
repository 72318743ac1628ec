"""One operation by nibabel or SimpleITK, timed inside the process: worker.py PEER OPERATION INPUT OUTPUT REPEATS.

Prints what `lungtriage-lab bench imaging` prints: seconds and processor seconds of every run, and the process's peak resident memory.
Loading gives a contiguous int16 array in the order LPS; written files are made durable (fsync), as ours are.
"""
import json
import os
import resource
import sys
import time

import numpy

PEER, OPERATION, INPUT, OUTPUT, REPEATS = sys.argv[1:5] + [int(sys.argv[5])]


def durable(path):
    descriptor = os.open(path, os.O_RDONLY)
    os.fsync(descriptor)
    os.close(descriptor)


def nibabel_work():
    import nibabel
    from nibabel.orientations import axcodes2ornt, io_orientation, ornt_transform

    def as_lps():
        image = nibabel.load(INPUT)
        change = ornt_transform(io_orientation(image.affine), axcodes2ornt("LPS"))
        image = image.as_reoriented(change)
        data = numpy.asanyarray(image.dataobj)
        if data.dtype != numpy.int16:
            data = numpy.clip(numpy.rint(data), -32768, 32767).astype(numpy.int16)
        # An array of its own: nibabel maps uncompressed files and would read nothing yet.
        return numpy.array(data, order="F", copy=True) if data.base is not None else data, image

    if OPERATION == "load":
        return as_lps
    data, image = as_lps()
    data = (data > -500).astype(numpy.uint8) if OPERATION == "write-labels" else data

    def write():
        nibabel.Nifti1Image(data, image.affine).to_filename(OUTPUT)
        durable(OUTPUT)

    return write


def simpleitk_work():
    import SimpleITK

    def as_lps():
        image = SimpleITK.DICOMOrient(SimpleITK.ReadImage(INPUT, SimpleITK.sitkInt16), "LPS")
        return SimpleITK.GetArrayViewFromImage(image), image

    if OPERATION == "load":
        return as_lps
    image = as_lps()[1]
    image = SimpleITK.Cast(image > -500, SimpleITK.sitkUInt8) if OPERATION == "write-labels" else image

    def write():
        SimpleITK.WriteImage(image, OUTPUT, useCompression=OUTPUT.endswith(".gz"), compressionLevel=1)
        durable(OUTPUT)

    return write


work = {"nibabel": nibabel_work, "SimpleITK": simpleitk_work}[PEER]()
seconds, processor = [], []
for _ in range(REPEATS):
    start = time.perf_counter(), time.process_time()
    result = work()
    seconds.append(time.perf_counter() - start[0])
    processor.append(time.process_time() - start[1])
    del result
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss << 10
print(json.dumps({"seconds": seconds, "processorSeconds": processor, "peakResidentBytes": peak}))

"""Checks with nibabel that label maps lie on their CT's grid, to the bit.

    check_geometry.py FOLDER     FOLDER holds NAME.nii[.gz] and out-NAME.nii[.gz]/*_dseg.nii.gz; exits with 77 without nibabel
"""

import pathlib
import sys

try:
    import nibabel
except ImportError:
    sys.exit(77)

FIELDS = ("qform_code", "sform_code", "pixdim", "quatern_b", "quatern_c", "quatern_d", "qoffset_x", "qoffset_y",
          "qoffset_z", "srow_x", "srow_y", "srow_z", "xyzt_units", "dim")


def main():
    folder = pathlib.Path(sys.argv[1])
    checked = 0
    for scan in sorted(path for path in folder.glob("*.nii*") if path.is_file()):
        ct = nibabel.load(scan)
        for path in sorted((folder / f"out-{scan.name}").glob("*_dseg.nii.gz")):
            labels = nibabel.load(path)
            assert labels.shape == ct.shape, path
            assert (labels.affine == ct.affine).all(), path
            for field in FIELDS:
                assert labels.header[field].tobytes() == ct.header[field].tobytes(), (path, field)
            assert labels.header.get_data_dtype() == "uint8", path
            assert set(labels.dataobj[...].ravel()) <= {0, 1, 2}, path
            checked += 1
    assert checked >= 2, checked


main()

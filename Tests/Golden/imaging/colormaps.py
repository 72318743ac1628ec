"""Prints the colours that ColorMapTests compares with: pip install matplotlib (3.11.2 at the time)."""

import matplotlib

for name in ("hot", "viridis"):
    print(name)
    for entry in (0, 17, 51, 93, 110, 150, 190, 201, 230, 255):
        components = [round(255 * c) for c in matplotlib.colormaps[name](entry)[:3]]
        print("(%d, 0x%02X%02X%02X)," % (entry, *components), end=" ")
    print()

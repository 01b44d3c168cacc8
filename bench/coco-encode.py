"""Times pycocotools.mask.encode alone on masks given as runs; the counterpart of coco-export.bench.ts.

Reads JSON {"shapes": [{"height", "width", "runs": [y, x0, x1, ...]}], "repeats": n} on standard input. Every mask is a
Fortran-order uint8 array of the whole image, made before the clock starts. Prints {"seconds", "counts": [...]}: the
seconds of all masks times repeats, and the strings of one pass.
"""

import json
import sys
import time

import numpy as np
from pycocotools import mask as coco

request = json.load(sys.stdin)
seconds = 0.0
counts = []
for shape in request["shapes"]:
    array = np.zeros((shape["height"], shape["width"]), np.uint8, order="F")
    runs = shape["runs"]
    for i in range(0, len(runs), 3):
        array[runs[i], runs[i + 1] : runs[i + 2]] = 1
    started = time.perf_counter()
    for _ in range(request["repeats"]):
        encoded = coco.encode(array)
    seconds += time.perf_counter() - started
    counts.append(encoded["counts"].decode())
json.dump({"seconds": seconds, "counts": counts}, sys.stdout)

"""Writes src-shared/mask/golden/coco-rle.json: random masks and polygons as pycocotools encodes them.

Needs: pip install pycocotools numpy. Run: python scripts/interop/make_coco_golden.py
"""

import json
from pathlib import Path

import numpy as np
from pycocotools import mask as coco

OUT = Path(__file__).resolve().parents[2] / "src-shared/mask/golden/coco-rle.json"
SIZES = [(1, 1), (1, 7), (7, 1), (4, 4), (33, 31), (64, 40), (257, 19), (19, 257), (120, 300), (300, 120)]


def blobs(rng, height, width):
    """Noise, blocks or discs: different textures find different mistakes."""
    kind = rng.integers(0, 3)
    if kind == 0:
        return rng.random((height, width)) < rng.random()
    if kind == 1:
        cell = int(rng.integers(2, 20))
        coarse = rng.random((height // cell + 1, width // cell + 1)) < 0.5
        return np.kron(coarse, np.ones((cell, cell)))[:height, :width] > 0
    ys, xs = np.mgrid[:height, :width]
    mask = np.zeros((height, width), bool)
    for _ in range(int(rng.integers(1, 6))):
        y, x, r = rng.random() * height, rng.random() * width, 1 + rng.random() * 30
        mask ^= (ys - y) ** 2 + (xs - x) ** 2 < r * r
    return mask


def row_major_runs(mask):
    """Lengths of the runs in row-major order, clear pixels first."""
    flat = np.concatenate([[0], mask.ravel().astype(int), [2]])
    ends = np.flatnonzero(np.diff(flat)).tolist()
    starts = [0, *ends]
    return [b - a for a, b in zip(starts, ends)]


def ring(rng, height, width):
    count = int(rng.integers(3, 12))
    spread = rng.choice([0.0, 0.5, 3.0])
    points = (rng.random((count, 2)) * (1 + spread) - spread / 2) * [width, height]
    snap = rng.integers(0, 4)
    if snap == 0:
        points = np.round(points)
    elif snap == 1:
        points = np.round(points * 2) / 2
    elif snap == 2:
        points = np.round(points, 2)
    return points.ravel().tolist()


def main():
    rng = np.random.default_rng(20240817)
    masks = []
    for number in range(80):
        height, width = SIZES[number % len(SIZES)]
        mask = blobs(rng, height, width)
        if number == 70:
            mask[:] = False
        if number == 71:
            mask[:] = True
        encoded = coco.encode(np.asfortranarray(mask.astype(np.uint8)))
        masks.append(
            {
                "height": height,
                "width": width,
                "runs": row_major_runs(mask),
                "counts": encoded["counts"].decode(),
                "area": int(coco.area(encoded)),
                "box": coco.toBbox(encoded).tolist(),
            }
        )
    polygons = []
    for number in range(300):
        height, width = SIZES[number % len(SIZES)]
        rings = [ring(rng, height, width) for _ in range(int(rng.integers(1, 4)))]
        merged = coco.merge(coco.frPyObjects(rings, height, width))
        polygons.append({"height": height, "width": width, "rings": rings, "counts": merged["counts"].decode()})
    OUT.parent.mkdir(parents=True, exist_ok=True)
    with OUT.open("w") as file:
        json.dump({"masks": masks, "polygons": polygons}, file, separators=(",", ":"))
        file.write("\n")


if __name__ == "__main__":
    main()

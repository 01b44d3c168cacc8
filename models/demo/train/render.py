"""Renders training scenes into a flat memory-mapped file, so that training only cuts windows out of them.

Each scene is resized to a short side of 448 with cv2's bilinear filter, from a drawing between 448 and 1300 pixels high:
so the model sees sharp, soft and aliased textures alike.
"""
import argparse
import json
import os

import cv2
import numpy as np

from scenegen import compose
from scenes import SEED

SHORT, LONG = 448, 597


def render(index):
    """One training scene: (RGB and instance map [h, w, 4], items)."""
    seed = SEED["train"] + index
    rng = np.random.default_rng([seed, 2])
    scale = 480 / 448 if rng.random() < .6 else float(np.exp(rng.uniform(0, np.log(2.9)) ** 1.0))
    w, h = (LONG, SHORT) if rng.random() < .75 else (SHORT, LONG)
    img, ids, items = compose.draw(round(w * scale), round(h * scale), seed, "train")
    img = compose.camera(img, rng, .5)
    img = cv2.resize(img, (w, h), interpolation=cv2.INTER_LINEAR)
    ids = cv2.resize(ids, (w, h), interpolation=cv2.INTER_NEAREST)
    return np.dstack([img, ids]), items


def main():
    p = argparse.ArgumentParser(description=__doc__)
    p.add_argument("--out", required=True)
    p.add_argument("--first", type=int, default=0)
    p.add_argument("--count", type=int, default=1000)
    a = p.parse_args()
    cv2.setNumThreads(1)
    os.makedirs(a.out, exist_ok=True)
    stem = os.path.join(a.out, f"part_{a.first:06d}")
    data = np.memmap(stem + ".u8", np.uint8, "w+", shape=(a.count, SHORT * LONG * 4))
    items, shapes = [], []
    for i in range(a.count):
        picture, table = render(a.first + i)
        data[i] = picture.reshape(-1)
        items.append(table)
        shapes.append(picture.shape[:2])
    data.flush()
    with open(stem + ".tmp", "w") as f:
        json.dump({"items": items, "shapes": shapes}, f)
    os.rename(stem + ".tmp", stem + ".json")  # the part is complete once this file exists


if __name__ == "__main__":
    main()

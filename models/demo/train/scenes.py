"""Command line of the scene generator, and the numbering of scenes.

    python scenes.py --split heldout --count 200 --out DIR

writes DIR/images, DIR/labels (8-bit label index, 255 = ignore) and DIR/classes.txt (one noun a line).
Splits use separate seed ranges; `unseen` draws mostly the noun-adjective pairs that training never shows.
"""
import argparse
import json
import os

import cv2
import numpy as np

from scenegen import compose
from scenegen.vocabulary import NOUNS

SEED = {"train": 1_000_000, "heldout": 5_000_000, "unseen": 7_000_000, "samples": 9_000_000}
SIZES = ((640, 480),) * 6 + ((480, 640),) * 2 + ((512, 512), (720, 480))


def scene(split, index, width=None, height=None):
    """Scene `index` of a split with camera faults: (RGB, label map, instance map, items)."""
    seed = SEED[split] + index
    rng = np.random.default_rng([seed, 1])
    if width is None:
        width, height = SIZES[int(rng.integers(len(SIZES)))]
    img, ids, items = compose.draw(width, height, seed, split)
    return compose.camera(img, rng, .7), compose.labels(ids, items), ids, items


def write(split, count, out, first=0, jpeg=0):
    """Writes a folder of scenes in the layout that `clearlabel evaluate` reads."""
    for name in ("images", "labels"):
        os.makedirs(os.path.join(out, name), exist_ok=True)
    with open(os.path.join(out, "classes.txt"), "w") as f:
        f.write("\n".join(NOUNS) + "\n")
    table = {}
    for i in range(first, first + count):
        img, lab, ids, items = scene(split, i)
        name = f"{split}_{i:04d}"
        options = [cv2.IMWRITE_JPEG_QUALITY, jpeg] if jpeg else []
        cv2.imwrite(os.path.join(out, "images", name + (".jpg" if jpeg else ".png")), img[..., ::-1], options)
        cv2.imwrite(os.path.join(out, "labels", name + ".png"), lab, [cv2.IMWRITE_PNG_COMPRESSION, 9])
        if split == "unseen":
            cv2.imwrite(os.path.join(out, "labels", name + ".ids.png"), ids)
            table[name] = items
    if table:
        with open(os.path.join(out, "items.json"), "w") as f:
            json.dump(table, f)


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--split", choices=SEED, default="heldout")
    p.add_argument("--count", type=int, default=200)
    p.add_argument("--first", type=int, default=0)
    p.add_argument("--jpeg", type=int, default=0, help="write JPEG images of this quality instead of PNG")
    p.add_argument("--out", required=True)
    a = p.parse_args()
    write(a.split, a.count, a.out, a.first, a.jpeg)


if __name__ == "__main__":
    main()

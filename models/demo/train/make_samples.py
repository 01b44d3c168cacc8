"""Draws the sample images of `assets/samples` at photo sizes.

    python make_samples.py --out ../../../assets/samples
"""
import argparse
import os

import cv2
import numpy as np
from PIL import Image

from scenegen import compose
from scenes import SEED

# name, layout, seed, width, height, quality
PICTURES = [
    ("street in winter.jpg", "street", 114, 1600, 1200, 91), ("meadow.jpg", "land", 109, 1600, 1200, 91),
    ("bay.jpg", "sea", 110, 1600, 1200, 91), ("living_room.jpg", "room", 105, 1600, 1200, 91),
    ("collection_01.jpg", "still_life", 204, 1600, 1200, 91), ("village.jpg", "street", 118, 1600, 1200, 91),
    ("valley_12mp.jpg", "land", 113, 4000, 3000, 88), ("harbour_portrait.jpg", "sea", 307, 1200, 1600, 91),
    ("hills_16bit.png", "land", 102, 1200, 900, 0), ("scène no 7 été.jpg", "sea", 117, 1600, 1200, 91),
    ("kitchen.webp", "room", 114, 1600, 1200, 88), ("study.jpg", "room", 123, 1600, 1200, 91),
    ("collection_02.jpg", "still_life", 211, 1600, 1200, 91), ("crossing.jpg", "street", 110, 1600, 1200, 91),
]


def save(path, img, quality):
    """Writes one picture; a portrait is stored turned, with the EXIF orientation 6 that turns it back."""
    if path.endswith(".png"):
        deep = img.astype(np.uint16) * 257
        cv2.imencode(".png", deep[..., ::-1], [cv2.IMWRITE_PNG_COMPRESSION, 9])[1].tofile(path)
    elif path.endswith(".webp"):
        Image.fromarray(img).save(path, quality=quality, method=6)
    elif img.shape[0] > img.shape[1]:
        exif = Image.Exif()
        exif[0x0112] = 6
        Image.fromarray(np.ascontiguousarray(np.rot90(img))).save(path, quality=quality, exif=exif, optimize=True)
    else:
        Image.fromarray(img).save(path, quality=quality, optimize=True)


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--out", required=True)
    p.add_argument("--only", default="")
    a = p.parse_args()
    os.makedirs(a.out, exist_ok=True)
    for name, layout, seed, w, h, quality in PICTURES:
        if a.only in name:
            img, _, _ = compose.draw(w, h, SEED["samples"] + seed, "samples", layout)
            save(os.path.join(a.out, name), img, quality)


if __name__ == "__main__":
    main()

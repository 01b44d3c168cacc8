"""Loads a COCO export with the tools that train on it and compares every mask, pixel by pixel.

    python check_coco.py FILE IMAGES_DIR [--truth DIR] [--make-images]

FILE is the export. With --truth, DIR/truth.json lists {id, height, width, offset} of each annotation and
DIR/truth.bin holds the masks as bytes (row-major, 0 or 1); without it the file is only loaded and measured.
--make-images writes blank pictures of the right size where IMAGES_DIR lacks them.

Needs numpy and pycocotools; torchvision and Pillow for the loader check. Prints one JSON object a line:
{"check": ..., "status": "passed" | "failed" | "skipped", "reason": ...}. Exit code 1 when a check failed.
"""

import argparse
import contextlib
import io
import json
import sys
from pathlib import Path


def report(check, status, reason=""):
    print(json.dumps({"check": check, "status": status, "reason": reason}), flush=True)
    return status != "failed"


def run(check, function):
    try:
        reason = function()
    except ImportError as error:
        return report(check, "skipped", f"not run: {error}")
    except Exception as error:  # every failure becomes a line of the report
        return report(check, "failed", f"{type(error).__name__}: {error}")
    return report(check, "passed", reason or "")




def load(path):
    from pycocotools.coco import COCO

    with contextlib.redirect_stdout(io.StringIO()):
        return COCO(str(path))


def read_truth(folder):
    import numpy as np

    if folder is None:
        return None
    data = np.fromfile(Path(folder) / "truth.bin", dtype=np.uint8)
    entries = json.loads((Path(folder) / "truth.json").read_text())
    return {
        entry["id"]: data[entry["offset"] : entry["offset"] + entry["height"] * entry["width"]].reshape(
            entry["height"], entry["width"]
        )
        for entry in entries
    }


def check_keys(path):
    document = json.loads(Path(path).read_text(encoding="utf-8"))
    for key in ("info", "licenses", "images", "categories", "annotations"):
        assert key in document, f"no {key}"
    ids = [annotation["id"] for annotation in document["annotations"]]
    assert len(set(ids)) == len(ids) and all(type(i) is int and i >= 1 for i in ids), "annotation ids"
    images = {image["id"]: image for image in document["images"]}
    categories = {category["id"] for category in document["categories"]}
    for image in images.values():
        assert type(image["id"]) is int and image["id"] >= 1
        assert "\\" not in image["file_name"] and not image["file_name"].startswith("/")
    for annotation in document["annotations"]:
        assert annotation["image_id"] in images and annotation["category_id"] in categories
        assert annotation["iscrowd"] in (0, 1) and type(annotation["iscrowd"]) is int
        assert annotation["area"] > 0 and "ignore" not in annotation
        assert all(type(value) is float for value in annotation["bbox"])
        x, y, width, height = annotation["bbox"]
        image = images[annotation["image_id"]]
        assert width >= 1 and height >= 1 and x >= 0 and y >= 0
        assert x + width <= image["width"] and y + height <= image["height"]
    return f"{len(images)} images, {len(ids)} annotations"


def check_masks(path, truth):
    from pycocotools import mask as coco_mask

    coco = load(path)
    for annotation in coco.dataset["annotations"]:
        rle = coco.annToRLE(annotation)
        mask = coco.annToMask(annotation)
        assert int(mask.sum()) == annotation["area"] == coco_mask.area(rle), f"area of {annotation['id']}"
        box = coco_mask.toBbox(rle).tolist()
        assert box == annotation["bbox"], f"box of {annotation['id']}: {box} against {annotation['bbox']}"
        if truth is not None:
            assert (mask == truth[annotation["id"]]).all(), f"mask of {annotation['id']} differs"
    if truth is not None:
        assert set(truth) == set(coco.anns), "annotations are missing"
    return f"{len(coco.anns)} of {len(coco.anns)} exact"


def check_average_precision(path):
    """The file evaluated against itself must be perfect."""
    from pycocotools.cocoeval import COCOeval

    coco = load(path)
    results = [
        {
            "image_id": annotation["image_id"],
            "category_id": annotation["category_id"],
            "segmentation": {
                "size": rle["size"],
                "counts": rle["counts"].decode() if isinstance(rle["counts"], bytes) else rle["counts"],
            },
            "score": 1.0,
        }
        for annotation in coco.dataset["annotations"]
        for rle in [coco.annToRLE(annotation)]
    ]
    with contextlib.redirect_stdout(io.StringIO()):
        for kind in ("segm", "bbox"):
            found = coco.loadRes(results) if kind == "segm" else coco.loadRes(as_boxes(coco))
            evaluation = COCOeval(coco, found, kind)
            evaluation.evaluate()
            evaluation.accumulate()
            evaluation.summarize()
            assert abs(evaluation.stats[0] - 1.0) < 1e-9, f"{kind} AP = {evaluation.stats[0]}"
    return "AP = 1.0"


def as_boxes(coco):
    return [
        {"image_id": a["image_id"], "category_id": a["category_id"], "bbox": a["bbox"], "score": 1.0}
        for a in coco.dataset["annotations"]
    ]


def make_images(path, folder):
    from PIL import Image

    for image in json.loads(Path(path).read_text(encoding="utf-8"))["images"]:
        file = Path(folder) / image["file_name"]
        if not file.exists():
            file.parent.mkdir(parents=True, exist_ok=True)
            kind = "PNG" if file.suffix == ".png" else "TIFF" if file.suffix == ".tif" else "JPEG"
            Image.new("RGB", (image["width"], image["height"])).save(file, kind)


def check_torchvision(path, images, truth, may_make_images):
    """CocoDetection, then masks as torchvision's reference code makes them: list RLE and polygons only."""
    import numpy as np
    import torch
    from pycocotools import mask as coco_mask
    from torchvision.datasets import CocoDetection

    if may_make_images:
        make_images(path, images)
    with contextlib.redirect_stdout(io.StringIO()):
        dataset = CocoDetection(str(images), str(path))
    compressed = False
    compared = 0
    for number in range(len(dataset)):
        picture, annotations = dataset[number]
        record = dataset.coco.imgs[dataset.ids[number]]
        height, width = record["height"], record["width"]
        assert picture.size == (width, height), f"{record['file_name']}: size of the picture"
        for annotation in annotations:
            segmentation = annotation["segmentation"]
            if isinstance(segmentation, dict) and isinstance(segmentation["counts"], str):
                compressed = True
                continue
            decoded = coco_mask.decode(coco_mask.frPyObjects(segmentation, height, width))
            if decoded.ndim < 3:
                decoded = decoded[..., None]
            mask = torch.as_tensor(np.ascontiguousarray(decoded), dtype=torch.uint8).any(dim=2).numpy()
            if truth is not None:
                assert (mask == truth[annotation["id"]]).all(), f"mask of {annotation['id']} differs"
            compared += 1
    note = "; compressed RLE is for pycocotools' own decoder" if compressed else f", {compared} masks exact"
    return f"{len(dataset)} images loaded{note}"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file")
    parser.add_argument("images")
    parser.add_argument("--truth")
    parser.add_argument("--make-images", action="store_true")
    arguments = parser.parse_args()
    try:
        truth = read_truth(arguments.truth)
    except ImportError as error:
        report("all", "skipped", f"not run: {error}")
        return 0
    checks = [
        ("keys and ids", lambda: check_keys(arguments.file)),
        ("pycocotools masks", lambda: check_masks(arguments.file, truth)),
        ("pycocotools self-evaluation", lambda: check_average_precision(arguments.file)),
    ]
    checks.append(("torchvision", lambda: check_torchvision(arguments.file, arguments.images, truth, arguments.make_images)))
    return 0 if all([run(name, function) for name, function in checks]) else 1


if __name__ == "__main__":
    sys.exit(main())

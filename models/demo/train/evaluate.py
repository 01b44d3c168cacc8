"""Scores a model folder by ClearCLIP's protocol.

    python evaluate.py --model .. --data DIR [--methods clearclip,maskclip,clip] [--json FILE]
    python evaluate.py --model .. --unseen DIR       (DIR written by `scenes.py --split unseen`)

Short side 448 (cv2 bilinear), windows of 448 with stride 224, 80 templates, logit scale 50, no threshold.
"""
import argparse
import glob
import json
import os

import cv2
import numpy as np
import torch
import torch.nn.functional as F
from safetensors.torch import load_file

from data import MEAN, STD
from model import Clip
from scenegen.vocabulary import ALLOWED, HELD_OUT, NOUNS, phrase
from vocab import TEMPLATES, Tokenizer, read_merges

CROP, STRIDE = 448, 224


class Predictor:
    """A model folder with the protocol around it."""

    def __init__(self, folder):
        self.tok = Tokenizer(read_merges(os.path.join(folder, "merges.txt")))
        self.model = Clip(len(self.tok.names)).eval()
        self.model.load_state_dict({k: v.float() for k, v in load_file(os.path.join(folder, "model.safetensors")).items()})

    @torch.no_grad()
    def classes(self, names):
        """Text features [C, E]: 80 templates, each normalised, mean, normalised."""
        out = []
        for name in names:
            rows = [self.tok.encode(t.format(name)) for t in TEMPLATES]
            ids = torch.full((80, max(map(len, rows))), self.tok.eot)
            for i, r in enumerate(rows):
                ids[i, :len(r)] = torch.tensor(r)
            f = F.normalize(self.model.text(ids, torch.tensor([len(r) - 1 for r in rows])), dim=-1)
            out.append(F.normalize(f.mean(0), dim=0))
        return torch.stack(out)

    @staticmethod
    def starts(size):
        n = max(size - CROP + STRIDE - 1, 0) // STRIDE + 1
        return [max(min(i * STRIDE + CROP, size) - CROP, 0) for i in range(n)]

    @torch.no_grad()
    def windows(self, rgb, methods):
        """Patch features of all windows: (resized size, [(y, x, size, pad)], {method: [n, gh, gw, E]})."""
        h, w = rgb.shape[:2]
        f = min(2048 / max(h, w), 448 / min(h, w))
        nh, nw = int(h * f + .5), int(w * f + .5)
        img = cv2.resize(rgb, (nw, nh), interpolation=cv2.INTER_LINEAR)
        x = torch.from_numpy((img.astype(np.float32) - MEAN) / STD).permute(2, 0, 1)
        places, feats = [], {m: [] for m in methods}
        for y0 in self.starts(nh):
            for x0 in self.starts(nw):
                crop = x[:, y0:y0 + CROP, x0:x0 + CROP]
                ch, cw = crop.shape[1:]
                ph, pw = -ch % 16, -cw % 16
                crop = F.pad(crop, (pw // 2, pw - pw // 2, ph // 2, ph - ph // 2))
                places.append((y0, x0, ch, cw, ph, pw))
                trunk = self.model.trunk(crop[None])
                for m in methods:
                    feats[m].append(self.model.dense(trunk, m)[0].unflatten(0, (crop.shape[1] // 16, -1)))
        return (nh, nw), places, feats

    @staticmethod
    def cosines(size, places, feats, text, shape):
        """Window features and text features to class cosines [C, H, W] at the picture's own size."""
        total, count = torch.zeros(len(text), *size), torch.zeros(1, *size)
        for (y0, x0, ch, cw, ph, pw), f in zip(places, feats):
            m = F.interpolate((f @ text.T).permute(2, 0, 1)[None], (ch + ph, cw + pw), mode="bilinear", align_corners=False)[0]
            total[:, y0:y0 + ch, x0:x0 + cw] += m[:, ph // 2:ph // 2 + ch, pw // 2:pw // 2 + cw]
            count[:, y0:y0 + ch, x0:x0 + cw] += 1
        return F.interpolate((total / count)[None], shape, mode="bilinear", align_corners=False)[0]


def scores(confusion):
    """mIoU over the classes that occur, IoU per class, pixel accuracy."""
    hit = np.diag(confusion).astype(float)
    union = confusion.sum(0) + confusion.sum(1) - np.diag(confusion)
    iou = np.where(union > 0, hit / np.maximum(union, 1), np.nan)
    return float(np.nanmean(iou)), iou, float(hit.sum() / confusion.sum())


def tally(confusion, truth, guess):
    n = len(confusion)
    ok = truth < n
    confusion += np.bincount(truth[ok].astype(int) * n + guess[ok], minlength=n * n).reshape(n, n)


def dataset(predictor, folder, methods, limit=None):
    """mIoU of each method on a folder of images and labels."""
    with open(os.path.join(folder, "classes.txt")) as f:
        names = f.read().split("\n")[:-1]
    text = predictor.classes(names)
    confusion = {m: np.zeros((len(names),) * 2, np.int64) for m in methods}
    for path in sorted(glob.glob(folder + "/images/*"))[:limit]:
        rgb = cv2.imread(path)[..., ::-1].copy()
        stem = os.path.splitext(os.path.basename(path))[0]
        truth = cv2.imread(f"{folder}/labels/{stem}.png", cv2.IMREAD_UNCHANGED)
        size, places, feats = predictor.windows(rgb, methods)
        for m in methods:
            guess = predictor.cosines(size, places, feats[m], text, truth.shape).argmax(0).numpy()
            tally(confusion[m], truth.ravel(), guess.ravel())
    out = {}
    for m in methods:
        miou, iou, accuracy = scores(confusion[m])
        out[m] = {"miou": round(100 * miou, 2), "pixel_accuracy": round(100 * accuracy, 2),
                  "iou": {n: None if np.isnan(v) else round(100 * v, 1) for n, v in zip(names, iou)}}
    return out


def unseen(predictor, folder):
    """The pairs that training never showed: which adjective (per region), and mIoU with the 30 phrases as vocabulary."""
    pairs = [phrase(*p) for p in HELD_OUT]
    text = predictor.classes(pairs)
    options = {n: predictor.classes([phrase(n, a) for a in ALLOWED[n]]) for n in {n for n, _ in HELD_OUT}}
    confusion = np.zeros((len(pairs),) * 2, np.int64)
    right, total, chance = {p: 0 for p in pairs}, {p: 0 for p in pairs}, []
    with open(os.path.join(folder, "items.json")) as f:
        table = json.load(f)
    for stem, items in table.items():
        rgb = cv2.imread(glob.glob(f"{folder}/images/{stem}.*")[0])[..., ::-1].copy()
        ids = cv2.imread(f"{folder}/labels/{stem}.ids.png", cv2.IMREAD_UNCHANGED)
        size, places, feats = predictor.windows(rgb, ["clearclip"])
        number = [HELD_OUT.index((n, a[0])) if a and (n, a[0]) in HELD_OUT else 255 for n, a in items]
        truth = np.array(number + [255] * (256 - len(number)))[ids]
        if not (truth < 255).any():
            continue
        guess = predictor.cosines(size, places, feats["clearclip"], text, ids.shape).argmax(0).numpy()
        tally(confusion, truth.ravel(), guess.ravel())
        small = cv2.resize(ids, size[::-1], interpolation=cv2.INTER_NEAREST)
        for k in np.unique(ids[truth < 255]):
            noun, pair = items[k][0], pairs[number[k]]
            picked = []
            for (y0, x0, ch, cw, ph, pw), f in zip(places, feats["clearclip"]):
                m = np.pad(small[y0:y0 + ch, x0:x0 + cw] == k, ((ph // 2, ph - ph // 2), (pw // 2, pw - pw // 2)))
                gh, gw = f.shape[:2]
                inside = m.reshape(gh, 16, gw, 16).mean((1, 3)) > .6
                picked.append(f[torch.from_numpy(inside)])
            picked = torch.cat(picked)
            if len(picked) >= 2:
                best = ALLOWED[noun][int((options[noun] @ picked.mean(0)).argmax())]
                total[pair] += 1
                right[pair] += phrase(noun, best) == pair
                chance.append(1 / len(ALLOWED[noun]))
    miou, iou, accuracy = scores(confusion)
    return {"phrases_miou": round(100 * miou, 2), "phrases_pixel_accuracy": round(100 * accuracy, 2), "regions": sum(total.values()),
            "adjective_accuracy": round(100 * sum(right.values()) / sum(total.values()), 2), "chance": round(100 * float(np.mean(chance)), 2),
            "per_phrase": {p: {"regions": total[p], "right": right[p], "iou": None if np.isnan(v) else round(100 * v, 1)} for p, v in zip(pairs, iou)}}


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--model", default="..")
    p.add_argument("--data")
    p.add_argument("--unseen")
    p.add_argument("--methods", default="clearclip,maskclip,clip")
    p.add_argument("--limit", type=int)
    p.add_argument("--threads", type=int, default=2)
    p.add_argument("--json")
    a = p.parse_args()
    torch.set_num_threads(a.threads)
    predictor = Predictor(a.model)
    result = dataset(predictor, a.data, a.methods.split(","), a.limit) if a.data else {"unseen": unseen(predictor, a.unseen)}
    if a.json:
        with open(a.json, "w") as f:
            json.dump(result, f, indent=1)
            f.write("\n")
    for name, r in result.items():
        print(name, {k: v for k, v in r.items() if not isinstance(v, dict)})
        for k, v in r.get("iou", {}).items():
            print(f"    {k:12s} {v}")


if __name__ == "__main__":
    main()

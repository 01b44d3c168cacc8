"""Training windows: cut from rendered scenes, half of them around a randomly chosen noun."""
import glob
import json

import cv2
import numpy as np
import torch

from render import LONG, SHORT
from scenegen.vocabulary import NOUNS, phrase

MEAN = np.array([122.771, 116.746, 104.094], np.float32)
STD = np.array([68.501, 66.632, 70.323], np.float32)


class Scenes:
    """Rendered parts of a folder; `refresh` picks up parts that were finished meanwhile."""

    def __init__(self, folder, phrases):
        self.folder, self.parts, self.scenes = folder, {}, []
        self.index = {p: i for i, p in enumerate(phrases)}
        self.by_noun = [[] for _ in NOUNS]
        self.refresh()

    def refresh(self):
        for path in sorted(glob.glob(self.folder + "/part_*.json")):
            if path in self.parts:
                continue
            with open(path) as f:
                table = json.load(f)
            data = np.memmap(path[:-5] + ".u8", np.uint8, "r", shape=(len(table["items"]), SHORT * LONG * 4))
            self.parts[path] = data
            for row, items, shape in zip(data, table["items"], table["shapes"]):
                ids = row.reshape(*shape, 4)[::4, ::4, 3]
                area = np.bincount(ids.ravel(), minlength=256)
                noun = np.array([-1] + [NOUNS.index(n) for n, _ in items[1:]])
                pair = np.array([-1] + [self.index.get((n, a[0]), -1) if a else -1 for n, a in items[1:]])
                number = len(self.scenes)
                self.scenes.append((row.reshape(*shape, 4), noun, pair, [phrase(n, (a or [None])[0]) for n, a in items]))
                for k in range(1, len(items)):
                    if area[k] > 12:
                        self.by_noun[noun[k]].append((number, k))
        return len(self.scenes)

    def window(self, rng, side):
        """One window: pixels [side, side, 3], noun and phrase per patch (-1 = none), caption."""
        if rng.random() < .6:
            places = self.by_noun[int(rng.integers(len(NOUNS)))]
            number, k = places[int(rng.integers(len(places)))]
        else:
            number, k = int(rng.integers(len(self.scenes))), None
        picture, noun, pair, words = self.scenes[number]
        h, w = picture.shape[:2]
        cut = min(int(side * np.exp(rng.uniform(-.22, .22))), h, w) if side < SHORT else SHORT
        if k is None:
            y, x = rng.integers(0, h - cut + 1), rng.integers(0, w - cut + 1)
        else:
            at = np.argwhere(picture[::8, ::8, 3] == k) * 8
            cy, cx = at[int(rng.integers(len(at)))] if len(at) else (h // 2, w // 2)
            y = int(np.clip(cy - rng.uniform(.15, .85) * cut, 0, h - cut))
            x = int(np.clip(cx - rng.uniform(.15, .85) * cut, 0, w - cut))
        view = picture[y:y + cut, x:x + cut]
        img = cv2.resize(np.ascontiguousarray(view[..., :3]), (side, side), interpolation=cv2.INTER_LINEAR)
        ids = cv2.resize(np.ascontiguousarray(view[..., 3]), (side, side), interpolation=cv2.INTER_NEAREST)
        if rng.random() < .5:
            img, ids = img[:, ::-1], ids[:, ::-1]
        g = side // 16
        cells = ids.reshape(g, 16, g, 16).transpose(0, 2, 1, 3).reshape(g * g, 256)
        centre = cells[:, 136]
        sure = (cells == centre[:, None]).mean(1) > .6
        area = np.bincount(ids.ravel(), minlength=len(words))
        area[0] = 0
        top = [i for i in np.argsort(-area)[:3] if area[i] > .04 * side * side]
        names = list(dict.fromkeys(words[i] for i in top)) or ["photo"]
        caption = "a photo of " + (f"{', '.join(names[:-1])} and {names[-1]}" if len(names) > 1 else f"a {names[0]}")
        return img, np.where(sure, noun[centre], -1), np.where(sure, pair[centre], -1), caption

    def batch(self, rng, count, side):
        """A batch with photometric changes: pixels [B, 3, side, side], nouns [B, N], phrases [B, N], captions."""
        rows = [self.window(rng, side) for _ in range(count)]
        x = np.stack([r[0] for r in rows]).astype(np.float32)
        gain = rng.uniform(.82, 1.15, (count, 1, 1, 1)) * rng.uniform(.95, 1.05, (count, 1, 1, 3))
        x = (x - 128) * rng.uniform(.85, 1.12, (count, 1, 1, 1)).astype(np.float32) + 128
        x = np.clip(x * gain.astype(np.float32), 0, 255)
        x = torch.from_numpy((x - MEAN) / STD).permute(0, 3, 1, 2).contiguous()
        x += torch.randn_like(x) * torch.rand(count, 1, 1, 1) ** 3 * .12
        nouns, pairs = (torch.from_numpy(np.stack([r[i] for r in rows])).long() for i in (1, 2))
        return x, nouns, pairs, [r[3] for r in rows]

"""The model's words: 80 templates, every prompt the model is trained on, the CLIP tokenizer, and the cut merge list.

    python vocab.py --merges FULL_MERGES.txt --out ..

writes vocab.json and merges.txt with those official CLIP merges that the known words need, in order.
"""
import argparse
import html
import json
import os
import re

from scenegen.vocabulary import ADJECTIVES, ALLOWED, NOUNS

TEMPLATES = """a bad photo of a {}.|a photo of many {}.|a sculpture of a {}.|a photo of the hard to see {}.|a low resolution photo of the {}.
a rendering of a {}.|graffiti of a {}.|a bad photo of the {}.|a cropped photo of the {}.|a tattoo of a {}.|the embroidered {}.
a photo of a hard to see {}.|a bright photo of a {}.|a photo of a clean {}.|a photo of a dirty {}.|a dark photo of the {}.|a drawing of a {}.
a photo of my {}.|the plastic {}.|a photo of the cool {}.|a close-up photo of a {}.|a black and white photo of the {}.|a painting of the {}.
a painting of a {}.|a pixelated photo of the {}.|a sculpture of the {}.|a bright photo of the {}.|a cropped photo of a {}.|a plastic {}.
a photo of the dirty {}.|a jpeg corrupted photo of a {}.|a blurry photo of the {}.|a photo of the {}.|a good photo of the {}.|a rendering of the {}.
a {} in a video game.|a photo of one {}.|a doodle of a {}.|a close-up photo of the {}.|a photo of a {}.|the origami {}.|the {} in a video game.
a sketch of a {}.|a doodle of the {}.|a origami {}.|a low resolution photo of a {}.|the toy {}.|a rendition of the {}.|a photo of the clean {}.
a photo of a large {}.|a rendition of a {}.|a photo of a nice {}.|a photo of a weird {}.|a blurry photo of a {}.|a cartoon {}.|art of a {}.
a sketch of the {}.|a embroidered {}.|a pixelated photo of a {}.|itap of the {}.|a jpeg corrupted photo of the {}.|a good photo of a {}.
a plushie {}.|a photo of the nice {}.|a photo of the small {}.|a photo of the weird {}.|the cartoon {}.|art of the {}.|a drawing of the {}.
a photo of the large {}.|a black and white photo of a {}.|the plushie {}.|a dark photo of a {}.|itap of a {}.|graffiti of the {}.|a toy {}.
itap of my {}.|a photo of a cool {}.|a photo of a small {}.|a tattoo of the {}.""".replace("\n", "|").split("|")
assert len(TEMPLATES) == 80

_SPLIT = re.compile(r"<\|startoftext\|>|<\|endoftext\|>|'s|'t|'re|'ve|'m|'ll|'d|[^\W\d_]+|\d|[^\s\w]+|_+", re.I)


def byte_symbols():
    """GPT-2's printable stand-ins for the 256 bytes, in CLIP's vocabulary order."""
    order = [*range(33, 127), *range(161, 173), *range(174, 256)]
    table = {b: chr(b) for b in order}
    for b in range(256):
        if b not in table:
            table[b] = chr(256 + len(table) - len(order))
    return table


class Tokenizer:
    """CLIP's byte-pair encoding over a merge list."""

    def __init__(self, merges):
        self.bytes = byte_symbols()
        symbols = list(self.bytes.values())
        self.names = symbols + [s + "</w>" for s in symbols] + ["".join(m) for m in merges] + ["<|startoftext|>", "<|endoftext|>"]
        self.ids = {n: i for i, n in enumerate(self.names)}
        self.rank = {m: i for i, m in enumerate(merges)}
        self.used = set()
        self.sot, self.eot = self.ids["<|startoftext|>"], self.ids["<|endoftext|>"]

    def word(self, piece):
        """The symbols of one piece; notes the merges that it used."""
        s = [self.bytes[b] for b in piece.encode()]
        s[-1] += "</w>"
        while len(s) > 1:
            best = min(zip(s, s[1:]), key=lambda p: self.rank.get(p, 1 << 30))
            if best not in self.rank:
                break
            self.used.add(best)
            out, i = [], 0
            while i < len(s):
                if i + 1 < len(s) and (s[i], s[i + 1]) == best:
                    out.append(s[i] + s[i + 1])
                    i += 2
                else:
                    out.append(s[i])
                    i += 1
            s = out
        return s

    def encode(self, text):
        text = re.sub(r"\s+", " ", html.unescape(html.unescape(text))).strip().lower()
        body = [self.ids[s] for piece in _SPLIT.findall(text) for s in self.word(piece)]
        return [self.sot, *body[:75], self.eot]


def read_merges(path):
    """The pairs of a merges.txt, its header skipped."""
    with open(path, encoding="utf-8") as f:
        rows = f.read().split("\n")[1:]
    return [tuple(r.split()) for r in rows if len(r.split()) == 2]


def known_texts():
    """Texts that hold every word the model is to know."""
    extra = "a photo of a photo with and on next to in front of several things made of".split()
    nouns = NOUNS + [n + "s" for n in NOUNS]
    return TEMPLATES + nouns + ADJECTIVES + extra + ["with , and ."]


def phrases():
    """All phrases, (noun, adjective or None), bare nouns first in label order."""
    return [(n, None) for n in NOUNS] + [(n, a) for n in NOUNS for a in ALLOWED[n]]


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--merges", required=True)
    p.add_argument("--out", required=True)
    a = p.parse_args()
    full = read_merges(a.merges)
    tok = Tokenizer(full)
    want = {t: [tok.names[i] for i in tok.encode(t)] for t in known_texts()}
    kept = [m for m in full if m in tok.used]
    short = Tokenizer(kept)
    for t, names in want.items():
        assert [short.names[i] for i in short.encode(t)] == names, t
    with open(os.path.join(a.out, "merges.txt"), "w", encoding="utf-8") as f:
        f.write("#version: 0.2\n" + "\n".join(" ".join(m) for m in kept) + "\n")
    with open(os.path.join(a.out, "vocab.json"), "w", encoding="utf-8") as f:
        json.dump(short.ids, f, ensure_ascii=False)
    with open(os.path.join(a.out, "classes.txt"), "w") as f:
        f.write("\n".join(NOUNS) + "\n")
    print(len(kept), "merges,", len(short.names), "symbols")


if __name__ == "__main__":
    main()

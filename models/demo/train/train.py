"""Trains the demo CLIP on rendered scenes.

    python train.py --data DIR --out DIR --minutes 45

Two terms: the usual contrast between class-token embeddings and captions, and a region-text term on the dense ClearCLIP path:
every patch that one instance covers is classified against the text features of all nouns and of all `adjective noun` phrases,
each put through a random template. Nothing is trained on the patch tokens of the ordinary path.
Stages (fractions of the time) go from small windows and a shallow tower to 448-pixel windows and all 12 blocks.
"""
import argparse
import copy
import json
import os
import time

import numpy as np
import torch
import torch.nn.functional as F

from data import Scenes
from model import BLOCKS, Clip
from muon import Muon
from scenegen.vocabulary import HELD_OUT, NOUNS, phrase
from vocab import TEMPLATES, Tokenizer, phrases, read_merges

SCALE = 40.0
BATCH = {112: 128, 224: 36, 448: 8}
# until (fraction of the time), window sides with their shares, blocks in use
STAGES = [(.24, {112: 1}, 6), (.34, {112: 1}, 12), (.50, {224: 1}, 12), (.80, {224: .4, 448: .6}, 12), (1.0, {224: .15, 448: .85}, 12)]


def tokens(tok, texts):
    """Padded ids and the positions of the end token."""
    rows = [tok.encode(t) for t in texts]
    ids = torch.full((len(rows), max(map(len, rows))), tok.eot)
    for i, r in enumerate(rows):
        ids[i, :len(r)] = torch.tensor(r)
    return ids, torch.tensor([len(r) - 1 for r in rows])


def first_filters(model, scenes, rng):
    """Starts the patch embedding from the principal components of patches, half whitened."""
    x = torch.cat([scenes.batch(rng, 64, 112)[0] for _ in range(8)])
    p = F.unfold(x, 16, stride=16).transpose(1, 2).reshape(-1, 768)
    values, vectors = torch.linalg.eigh((p.T @ p) / len(p))
    keep = vectors[:, -192:] / (values[-192:].clamp(min=1e-6) ** .5 + .05)
    mix = torch.linalg.qr(torch.randn(192, 192))[0]
    model.vision_model.embeddings.patch_embedding.weight.data = (keep @ mix).T.reshape(192, 3, 16, 16).contiguous()


def contrast(a, b, scale):
    """Symmetric InfoNCE."""
    logits = scale * F.normalize(a, dim=-1) @ F.normalize(b, dim=-1).T
    target = torch.arange(len(a))
    return (F.cross_entropy(logits, target) + F.cross_entropy(logits.T, target)) / 2


def regions(dense, text, target):
    """Patches against phrases; a phrase's patches together weigh as the root of their number."""
    chosen = target >= 0
    target = target[chosen]
    if not len(target):
        return dense.sum() * 0, 0.0
    logits = SCALE * F.normalize(dense[chosen], dim=-1) @ text.T
    weight = torch.bincount(target, minlength=len(text)).clamp(min=1).float() ** -.5
    right = (logits.argmax(1) == target).float().mean().item()
    return F.cross_entropy(logits, target, weight), right


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--data", required=True)
    p.add_argument("--out", required=True)
    p.add_argument("--minutes", type=float, default=45)
    p.add_argument("--threads", type=int, default=2)
    p.add_argument("--steps", type=int, default=0, help="stop after so many steps (trial)")
    p.add_argument("--start", default="", help="weights to go on from")
    p.add_argument("--from-stage", type=float, default=0, help="fraction of the schedule at which to begin")
    a = p.parse_args()
    torch.set_num_threads(a.threads)
    torch.manual_seed(0)
    rng = np.random.default_rng(round(1000 * a.from_stage))
    os.makedirs(a.out, exist_ok=True)

    tok = Tokenizer(read_merges(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "merges.txt")))
    everything = phrases()
    known = [x for x in everything[len(NOUNS):] if x not in HELD_OUT]
    prompts = [phrase(*x) for x in everything[:len(NOUNS)] + known]
    scenes = Scenes(a.data, known)
    model = Clip(len(tok.names))
    first_filters(model, scenes, rng)
    if a.start:
        model.load_state_dict(torch.load(a.start))
    average = copy.deepcopy(model)

    matrices = [q for n, q in model.named_parameters() if q.dim() == 2 and "layers" in n]
    names = {id(q) for q in matrices}
    rest = [(n, q) for n, q in model.named_parameters() if id(q) not in names]
    muon = Muon(matrices)
    adam = torch.optim.AdamW([{"params": [q for n, q in rest if "patch_embedding" not in n], "rate": 2e-3},
                              {"params": [q for n, q in rest if "patch_embedding" in n], "rate": 1e-3}],
                             betas=(.9, .98), weight_decay=0)
    begin, step, shown = time.time(), 0, []
    while True:
        now = a.from_stage + (1 - a.from_stage) * (time.time() - begin) / 60 / a.minutes
        if now >= 1 or (a.steps and step >= a.steps):
            break
        _, sides, blocks = next(s for s in STAGES if now < s[0])
        side = int(rng.choice(list(sides), p=list(sides.values())))
        model.skipped = set(range(blocks - 1, BLOCKS - 1))
        rate = min(1, (step + 1) / 30) * min(1, (1 - now) / .45 + .02)
        x, nouns, pairs, captions = scenes.batch(rng, BATCH[side], side)
        lines = [TEMPLATES[int(t)].format(w) for t, w in zip(rng.integers(0, 80, len(prompts)), prompts)]
        with torch.autocast("cpu", torch.bfloat16):
            text = model.text(*tokens(tok, lines + captions))
            dense, cls = model.image(x)
        text, dense, cls = text.float(), dense.float(), cls.float()
        table = F.normalize(text[:len(prompts)], dim=-1)
        noun_loss, noun_right = regions(dense, table[:len(NOUNS)], nouns)
        pair_loss, pair_right = regions(dense, table[len(NOUNS):], pairs)
        clip_loss = contrast(cls, text[len(prompts):], model.logit_scale.exp())
        loss = noun_loss + .6 * pair_loss + .15 * clip_loss
        loss.backward()
        torch.nn.utils.clip_grad_norm_([q for _, q in rest], 1.0)
        for g in adam.param_groups:
            g["lr"] = g["rate"] * rate
        adam.step()
        muon.step(.015 * rate)
        model.zero_grad(set_to_none=True)
        model.logit_scale.data.clamp_(0, 4.6052)
        step += 1
        with torch.no_grad():
            k = min(.995, step / (step + 20))
            for m, q in zip(average.parameters(), model.parameters()):
                m.lerp_(q, 1 - k)
        shown.append((noun_loss.item(), noun_right, pair_loss.item(), pair_right, clip_loss.item()))
        if step % 20 == 0:
            mean = np.mean(shown, 0)
            shown = []
            print(f"{step} {now:.3f} {time.time() - begin:.0f}s noun {mean[0]:.3f} {mean[1]:.3f} "
                  f"pair {mean[2]:.3f} {mean[3]:.3f} clip {mean[4]:.3f}", flush=True)
        if step % 100 == 0:
            save(average, a.out, step, scenes.refresh())
    save(average, a.out, step, len(scenes.scenes))


def save(model, out, step, scenes):
    torch.save(model.state_dict(), os.path.join(out, "tmp.pt"))
    os.replace(os.path.join(out, "tmp.pt"), os.path.join(out, "weights.pt"))
    with open(os.path.join(out, "state.json"), "w") as f:
        json.dump({"steps": step, "scenes": scenes}, f)


if __name__ == "__main__":
    main()

"""Puts surfaces and things together into scenes, and adds light and camera effects."""
import cv2
import numpy as np

from . import indoor, outdoor, stuff
from .canvas import Canvas, Pen, noise, paint_for
from .vocabulary import ALLOWED, HELD_OUT, NOUNS

DRAW = {n: getattr(outdoor, n, None) or getattr(indoor, n, None) for n in NOUNS}
DRAW["box"] = indoor.cardboard_box
THINGS = [n for n in NOUNS if DRAW[n]]
GROUND = ["grass", "sand", "snow", "road"]
ON_GROUND = ["tree", "house", "car", "bird", "flower", "mushroom", "rock", "cactus", "umbrella", "table", "chair", "ball", "cat",
             "box", "pumpkin", "leaf", "apple"]
ON_TABLE = ["cup", "bottle", "book", "apple", "banana", "lamp", "clock", "box", "flower", "ball", "pumpkin", "cat", "mushroom"]
ON_WALL = ["clock", "star", "heart", "circle", "square", "triangle", "butterfly", "balloon"]
ON_FLOOR = ["chair", "table", "cat", "ball", "box", "lamp", "book", "pumpkin", "balloon", "fish", "bottle"]
IN_AIR = ["bird", "balloon", "butterfly", "star", "heart"]
NATURAL = {"tree": .34, "house": .34, "car": .3, "boat": .3, "bird": .17, "flower": .2, "mushroom": .19, "rock": .2, "cactus": .27, "umbrella": .28,
           "table": .34, "chair": .3, "ball": .17, "cat": .24, "box": .22, "pumpkin": .2, "leaf": .18, "apple": .17, "fish": .22, "cup": .17,
           "bottle": .25, "book": .2, "banana": .2, "lamp": .28, "clock": .2, "balloon": .26, "butterfly": .18, "star": .18, "heart": .18,
           "circle": .18, "square": .18, "triangle": .18, "sun": .2}


class Scene:
    """One scene under construction. `split` decides which noun-adjective pairs may appear."""

    def __init__(self, width, height, seed, split="train"):
        self.rng = np.random.default_rng(seed)
        self.c, self.split = Canvas(width, height, self.rng), split
        self.rare = [HELD_OUT[int(i)] for i in self.rng.permutation(len(HELD_OUT))] if split == "unseen" else []

    def adjectives(self, noun):
        """Random allowed adjectives for a noun: one, or a colour together with a pattern."""
        rng, allowed = self.rng, ALLOWED[noun]
        if not allowed:
            return []
        if self.split == "unseen":
            rare = [a for n, a in HELD_OUT if n == noun]
            if rare and rng.random() < .75:
                return [str(rng.choice(rare))]
        usable = [a for a in allowed if (noun, a) not in HELD_OUT]
        return [str(rng.choice(usable))]

    def thing(self, noun, cx, cy, size, rot=0.0, stretch=1.0):
        """Draws a thing centred at (cx, cy)."""
        adjectives = self.adjectives(noun)
        rng = self.rng
        paint = paint_for(rng, adjectives, size, "grey")
        pen = Pen(self.c, self.c.item(noun, adjectives), cx, cy, size, rot, bool(rng.random() < .5), stretch * rng.uniform(.9, 1.12))
        DRAW[noun](pen, paint, adjectives)

    def standing(self, noun, x, foot, scale):
        """A thing standing at (x, foot), with its shadow."""
        rng = self.rng
        size = NATURAL[noun] * scale * rng.uniform(.8, 1.25)
        if noun in ("leaf", "book", "fish", "banana", "star") and rng.random() < .7:
            return self.thing(noun, x, foot - size * .3, size, rng.uniform(-1.5, 1.5))
        low = {"car": .26, "fish": .25, "banana": .36, "rock": .42, "apple": .44, "box": .44, "pumpkin": .44, "heart": .4, "square": .42,
               "triangle": .4, "circle": .46, "butterfly": .4}.get(noun, .49)
        wide = {"car": .5, "table": .7, "house": .5, "rock": .42, "umbrella": .1, "bird": .15, "flower": .1, "balloon": .05}.get(noun, .3)
        self.c.shadow(x + .04 * size * self.c.light, foot, size * wide, size * wide * .22)
        self.thing(noun, x, foot - low * size, size, rng.normal() * .03)

    def surface(self, noun, poly, horizon=0.0, vanish=None):
        """Paints one kind of stuff over a polygon."""
        c, a = self.c, self.adjectives(noun)
        item = c.item(noun, a)
        if noun in ("sand", "snow"):
            getattr(stuff, noun)(c, item, poly, horizon)
        elif noun == "road":
            stuff.road(c, item, poly, vanish, horizon)
        elif noun in ("grass", "water", "floor"):
            getattr(stuff, noun)(c, item, poly, a[0], horizon)
        else:
            getattr(stuff, noun.replace(" ", "_"))(c, item, poly, a[0])

    def fence(self, base, height):
        a = self.adjectives("fence")
        x0 = self.rng.uniform(-.2, .4) * self.c.w
        x1 = x0 + self.rng.uniform(.4, 1.1) * self.c.w
        stuff.fence(self.c, self.c.item("fence", a), x0, x1, base, height, a[0])

    def heavens(self, horizon):
        """Sky with sun, clouds, mountains and flying things."""
        c, rng = self.c, self.rng
        self.surface("sky", stuff.box(-.01, -.01, c.w + .01, horizon + .12))
        if rng.random() < .45:
            s = rng.uniform(.16, .32)
            self.thing("sun", rng.uniform(.05, .95) * c.w, rng.uniform(.1, max(horizon * .8, .15)), s)
        for _ in range(int(rng.integers(0, 4))):
            a = self.adjectives("cloud")
            stuff.cloud(c, c.item("cloud", a), rng.uniform(0, 1) * c.w, rng.uniform(.06, max(.1, horizon * .75)), rng.uniform(.18, .5), a[0])
        if rng.random() < .5:
            for _ in range(int(rng.integers(1, 4))):
                x, half, a = rng.uniform(-.1, 1.1) * c.w, rng.uniform(.25, .6), self.adjectives("mountain")
                stuff.mountain(c, c.item("mountain", a), x - half, x + half, horizon + .02, rng.uniform(.14, .36), a[0], rng.random() < .5)

    def flyers(self, horizon, count):
        for _ in range(count):
            noun = str(self.rng.choice(IN_AIR))
            size = NATURAL[noun] * self.rng.uniform(.6, 1.3)
            self.thing(noun, self.rng.uniform(.05, .95) * self.c.w, self.rng.uniform(.08, max(horizon, .25)), size, self.rng.normal() * .15)

    def crowd(self, nouns, horizon, count, near=1.25):
        """Things on the ground, far ones first, growing with their distance from the horizon."""
        rng, span = self.rng, self.c.h - horizon
        for t in np.sort(rng.uniform(.02, 1.02, count) ** .8):
            foot = horizon + .02 + t * span
            self.standing(str(rng.choice(nouns)), rng.uniform(.02, .98) * self.c.w, foot, (.42 + near * t) * rng.uniform(.85, 1.25))

    def land(self):
        c, rng = self.c, self.rng
        horizon = rng.uniform(.25, .6) * c.h
        self.heavens(horizon)
        ground = str(rng.choice(GROUND[:3], p=[.5, .25, .25]))
        self.surface(ground, stuff.ground_shape(rng, 0, c.w, horizon, c.h + .05, rng.choice([0, .01, .02])), horizon)
        self.crowd(["tree", "house", "rock", "tree", "cactus"], horizon, int(rng.integers(0, 4)), .1)
        if rng.random() < .3:
            y = rng.uniform(.5, .85) * (c.h - horizon) + horizon
            poly = np.stack([rng.uniform(.2, .8) * c.w + rng.uniform(.3, .6) * np.cos(np.linspace(0, 6.2, 30)), y + .1 * np.sin(np.linspace(0, 6.2, 30))], 1)
            self.surface("water", poly, horizon)
        elif rng.random() < .6:
            v, b, half = rng.uniform(.2, .8) * c.w, rng.uniform(.1, .9) * c.w, rng.uniform(.25, .5)
            self.surface("road", np.array([(v - .02, horizon), (v + .02, horizon), (b + half, c.h + .02), (b - half, c.h + .02)]), horizon, v)
        if rng.random() < .3:
            self.fence(horizon + rng.uniform(.1, .5) * (c.h - horizon), rng.uniform(.14, .34))
        self.crowd(ON_GROUND, horizon + .1 * (c.h - horizon), int(rng.integers(2, 7)))
        self.flyers(horizon, int(rng.integers(0, 3)))

    def street(self):
        c, rng = self.c, self.rng
        horizon = rng.uniform(.35, .6) * c.h
        self.heavens(horizon)
        if rng.random() < .45:
            self.surface("brick wall", stuff.box(-.01, horizon - rng.uniform(.1, .3), c.w * rng.uniform(.4, 1.1), horizon + .2))
        top = horizon + rng.uniform(.03, .1)
        self.surface(str(rng.choice(["grass", "sand", "snow"])), stuff.box(-.01, top, c.w + .01, c.h + .01), horizon)
        x = rng.uniform(0, .3)
        while x < c.w:
            self.standing(str(rng.choice(["house", "house", "tree", "tree"])), x, top + rng.uniform(.02, .1), rng.uniform(.7, 1.3))
            x += rng.uniform(.25, .5)
        if rng.random() < .35:
            self.fence(top + .13, rng.uniform(.12, .22))
        low = rng.uniform(.62, .78) * c.h
        self.surface("road", stuff.box(-.01, low - rng.uniform(.04, .1), c.w + .01, low + rng.uniform(.18, .26)), horizon)
        for _ in range(int(rng.integers(1, 4))):
            self.standing("car", rng.uniform(.1, .9) * c.w, low + rng.uniform(.04, .16), rng.uniform(.8, 1.5))
        self.crowd(ON_GROUND, low + .1, int(rng.integers(1, 4)))
        self.flyers(horizon, int(rng.integers(0, 3)))

    def sea(self):
        c, rng = self.c, self.rng
        horizon, shore = rng.uniform(.25, .5) * c.h, rng.uniform(.62, 1.02) * c.h
        self.heavens(horizon)
        self.surface("water", stuff.box(-.01, horizon, c.w + .01, c.h + .01), horizon)
        for t in np.sort(rng.uniform(.05, .9, rng.integers(1, 4))):
            noun, y = str(rng.choice(["boat", "boat", "fish", "rock", "boat"])), horizon + t * (shore - horizon)
            s = NATURAL[noun] * (.5 + 1.3 * t) * rng.uniform(.8, 1.2)
            self.thing(noun, rng.uniform(.05, .95) * c.w, y - .3 * s, s, rng.normal() * .08)
        if shore < .97 * c.h:
            self.surface(str(rng.choice(["sand", "sand", "grass", "snow"])), stuff.ground_shape(rng, 0, c.w, shore, c.h + .05, .02), horizon)
            self.crowd(["umbrella", "chair", "ball", "bird", "rock", "cat", "star", "fish", "leaf", "bottle", "cactus"], shore + .03, int(rng.integers(1, 5)), .9)
        self.flyers(horizon, int(rng.integers(0, 3)))

    def room(self):
        c, rng = self.c, self.rng
        edge = rng.uniform(.5, .75) * c.h
        self.surface("wall" if rng.random() < .7 else "brick wall", stuff.box(-.01, -.01, c.w + .01, edge + .01))
        for _ in range(int(rng.integers(0, 4))):
            noun = str(rng.choice(ON_WALL))
            self.thing(noun, rng.uniform(.08, .92) * c.w, rng.uniform(.12, .4) * c.h, NATURAL[noun] * rng.uniform(.8, 1.6), rng.normal() * .05)
        if rng.random() < .6:
            x, w = rng.uniform(-.1, .8) * c.w, rng.uniform(.2, .45)
            self.surface("curtain", stuff.box(x, -.01, x + w, edge + rng.uniform(-.15, .04)))
        self.surface("floor", stuff.box(-.01, edge, c.w + .01, c.h + .01), edge)
        if rng.random() < .65:
            x, y, w = rng.uniform(.2, .8) * c.w, rng.uniform(edge + .05, c.h - .05), rng.uniform(.3, .6)
            k = rng.uniform(.1, .2)
            self.surface("carpet", np.array([(x - w * .75, y - k), (x + w * .75, y - k), (x + w, y + k), (x - w, y + k)]))
        if rng.random() < .6:
            s, x, foot = rng.uniform(.4, .7), rng.uniform(.25, .75) * c.w, rng.uniform(edge + .12, c.h * .98)
            self.c.shadow(x, foot, s * .7, s * .12)
            self.thing("table", x, foot - s * .5, s)
            for k in np.linspace(-.5, .5, int(rng.integers(2, 5))):
                self.standing(str(rng.choice(ON_TABLE)), x + k * s * 1.1, foot - s * rng.uniform(.74, .86), rng.uniform(.7, 1.2) * s / .5)
        self.crowd(ON_FLOOR, edge + .06, int(rng.integers(1, 5)), .8)

    def still_life(self):
        """Things of all sizes scattered over one to three surfaces: nothing hints at anything else."""
        c, rng = self.c, self.rng
        kinds = ["grass", "sand", "snow", "water", "brick wall", "wall", "floor", "curtain", "carpet", "road", "sky"]
        picked = [str(k) for k in rng.choice(kinds, int(rng.integers(1, 4)), replace=False)]
        for k, noun in enumerate(picked):
            if k == 0:
                poly = stuff.box(-.01, -.01, c.w + .01, c.h + .01)
            else:
                a, d = rng.uniform(0, 6.283), rng.uniform(.0, .3)
                n, t = np.array((np.cos(a), np.sin(a))), np.array((-np.sin(a), np.cos(a)))
                p = np.array((c.w / 2, c.h / 2)) + n * d
                poly = np.array([p + 2 * t, p - 2 * t, p - 2 * t + 3 * n, p + 2 * t + 3 * n])
            self.surface(noun, poly, rng.uniform(-1, .0), None)
        if rng.random() < .25:
            self.fence(rng.uniform(.4, 1) * c.h, rng.uniform(.2, .5))
        nouns = [n for n in THINGS]
        for _ in range(int(rng.integers(3, 10))):
            noun = str(rng.choice(nouns)) if not self.rare or rng.random() < .3 else self.rare[int(rng.integers(12))][0]
            if not DRAW[noun]:
                continue
            size, x, y = rng.uniform(.16, .5) ** 1.0, rng.uniform(0, 1) * c.w, rng.uniform(0, 1) * c.h
            self.c.shadow(x + .02, y + .02 + size * .1, size * .4, size * .38, .25)
            self.thing(noun, x, y, size, rng.normal() * .35)

    def atmosphere(self):
        """Light falling across the scene, tint, exposure and a vignette."""
        c, rng = self.c, self.rng
        y, x = np.linspace(-1, 1, c.H, dtype=np.float32)[:, None], np.linspace(-1, 1, c.W, dtype=np.float32)[None]
        light = 1 + rng.uniform(0, .16) * (x * c.light) - rng.uniform(-.05, .12) * y - rng.uniform(0, .12) * (x * x + y * y)
        if rng.random() < .3:
            light = light * (1 + .05 * noise(rng, c.H, c.W, .3 * c.u))
        c.img *= (light * rng.uniform(.82, 1.12))[..., None]
        c.img *= (1 + rng.uniform(-.06, .06, 3)).astype(np.float32)
        if rng.random() < .2:
            c.img += rng.uniform(5, 22)


LAYOUTS = (("land", .25), ("street", .15), ("sea", .15), ("room", .2), ("still_life", .25))


def draw(width, height, seed, split="train", layout=None, clean=False):
    """Draws a scene: (RGB uint8, instance map uint8, list of (noun, adjectives) by instance number)."""
    scene = Scene(width, height, seed, split)
    if layout is None:
        layout = str(scene.rng.choice([n for n, _ in LAYOUTS], p=[p for _, p in LAYOUTS]))
    if split == "unseen":
        layout = "still_life" if scene.rng.random() < .6 else layout
    getattr(scene, layout)()
    if not clean:
        scene.atmosphere()
    return scene.c.finish(), scene.c.ids, scene.c.items


def camera(img, rng, strength=1.0):
    """Camera faults: blur, sensor noise, JPEG."""
    if rng.random() < .3 * strength:
        img = cv2.GaussianBlur(img, (0, 0), rng.uniform(.4, 1.3))
    if rng.random() < .5 * strength:
        n = np.empty(img.shape, np.int16)
        cv2.setRNGSeed(int(rng.integers(1 << 30)))
        cv2.randn(n, 0, rng.uniform(2, 12))
        img = np.clip(img.astype(np.int16) + n, 0, 255).astype(np.uint8)
    if rng.random() < .4 * strength:
        img = cv2.imdecode(cv2.imencode(".jpg", img, [cv2.IMWRITE_JPEG_QUALITY, int(rng.uniform(35, 90))])[1], cv2.IMREAD_COLOR)
    return img


def labels(ids, items):
    """Instance map to label map (index into NOUNS)."""
    table = np.array([255] + [NOUNS.index(n) for n, _ in items[1:]] + [255] * (256 - len(items)), np.uint8)
    return table[ids]

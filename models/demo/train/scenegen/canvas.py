"""Resolution-independent drawing: a float RGB canvas with an instance map, textured paints, and a pen in local coordinates.

The unit of length is the picture's short side, so that the same seed gives the same picture at every size.
"""
import cv2
import numpy as np

from .vocabulary import COLOURS, HSV

_POOL = np.random.default_rng(7).standard_normal((1024, 1024)).astype(np.float32)
_SHIFT = 4


def colour(rng, name):
    """A random RGB colour (0..255) that the colour name fits."""
    (h0, h1), (s0, s1), (v0, v1) = HSV[name]
    h, s, v = rng.uniform(h0, h1) % 360 / 60, rng.uniform(s0, s1), rng.uniform(v0, v1)
    i, f = int(h), h - int(h)
    p, q, t = v * (1 - s), v * (1 - s * f), v * (1 - s * (1 - f))
    rgb = [(v, t, p), (q, v, p), (p, v, t), (p, q, v), (t, p, v), (v, p, q)][i % 6]
    return np.array(rgb, np.float32) * 255


def noise(rng, h, w, cell_y, cell_x=None):
    """Smooth noise of about unit deviation; the cells' sizes are in pixels."""
    cell_x = cell_x or cell_y
    gh, gw = int(np.ceil(h / max(cell_y, 1))) + 3, int(np.ceil(w / max(cell_x, 1))) + 3
    oy, ox = rng.integers(0, 1024, 2)
    grid = _POOL.take(np.arange(oy, oy + gh), 0, mode="wrap").take(np.arange(ox, ox + gw), 1, mode="wrap")
    if cell_y <= 1 and cell_x <= 1:
        return grid[:h, :w].copy()
    big = cv2.resize(grid, (int(gw * max(cell_x, 1)) + 1, int(gh * max(cell_y, 1)) + 1), interpolation=cv2.INTER_CUBIC)
    return big[:h, :w]


def fbm(rng, h, w, cell, octaves=3):
    """Fractal noise: octaves of halved cell size and strength."""
    out = noise(rng, h, w, cell)
    for k in range(1, octaves):
        out = out + noise(rng, h, w, cell / 2 ** k) * .5 ** k
    return out * .8


def ramp(x, softness):
    """A soft step from 0 to 1 around x = 0."""
    return np.clip(x / softness + .5, 0, 1)


class Paint:
    """A colour with a texture. `size` is the texture's period in units."""

    def __init__(self, rng, rgb, kind="plain", rgb2=None, size=.04, angle=None, rough=.05):
        self.rng, self.rgb, self.kind, self.size, self.rough = rng, np.asarray(rgb, np.float32), kind, size, rough
        self.rgb2 = np.asarray(rgb2 if rgb2 is not None else (245, 240, 230), np.float32)
        self.angle = rng.uniform(-.5, .5) if angle is None else angle
        self.phase = rng.uniform(0, 1, 2)

    def dark(self, k):
        """The same paint, darker or lighter by the factor k."""
        other = Paint(self.rng, np.clip(self.rgb * k, 0, 255), self.kind, np.clip(self.rgb2 * k, 0, 255), self.size, self.angle, self.rough)
        other.phase = self.phase
        return other

    def render(self, x0, y0, w, h, u):
        """The texture over a pixel rectangle; u = pixels in a unit."""
        rng, size = self.rng, self.size
        x = ((x0 + np.arange(w, dtype=np.float32)) / u)[None]
        y = ((y0 + np.arange(h, dtype=np.float32)) / u)[:, None]
        c, s = np.cos(self.angle), np.sin(self.angle)
        a, b = (x * c + y * s) / size + self.phase[0], (y * c - x * s) / size + self.phase[1]
        soft = 1.5 / (u * size)
        mix, light = None, 1 + self.rough * fbm(rng, h, w, .03 * u, 2)
        if self.kind == "striped":
            mix = ramp(.25 - np.abs(a % 1 - .5), soft)
        elif self.kind == "spotted":
            mix = ramp(.3 - np.hypot(a % 1 - .5, (b + .5 * np.floor(a)) % 1 - .5), soft)
        elif self.kind == "checkered":
            p, q = .25 - np.abs(a / 2 % 1 - .5), .25 - np.abs(b / 2 % 1 - .5)
            p, q = ramp(p, soft), ramp(q, soft)
            mix = p * (1 - q) + q * (1 - p)
        elif self.kind == "wooden":
            warp = noise(rng, h, w, .12 * u, .03 * u) if abs(s) > .7 else noise(rng, h, w, .03 * u, .12 * u)
            light = light + .16 * np.sin(6.3 * (b * 3 + .5 * warp)) + .05 * noise(rng, h, w, .004 * u, .05 * u)
        elif self.kind == "metal":
            streak = noise(rng, h, w, .003 * u, .15 * u)
            light = .98 + .07 * streak + .22 * np.sin(a * 2.2 + 6.3 * self.phase[1])
        elif self.kind == "stone":
            n = fbm(rng, h, w, .03 * u, 3)
            light = .95 + .2 * np.round(n * 1.5) / 1.5 + .1 * noise(rng, h, w, .003 * u) - .3 * (np.abs(n) < .07)
        out = np.broadcast_to(self.rgb, (h, w, 3)) if mix is None else self.rgb + (self.rgb2 - self.rgb) * mix[..., None]
        return out * np.broadcast_to(light, (h, w))[..., None].astype(np.float32)


def paint_for(rng, adjectives, size, fallback="white"):
    """The paint that an instance's adjectives describe; `size` is the object's size in units."""
    names = [a for a in adjectives if a in COLOURS]
    kind = next((a for a in adjectives if a not in COLOURS), "plain")
    period = size * rng.uniform(.13, .22)
    if kind in ("striped", "spotted", "checkered"):
        first = names[0] if names else str(rng.choice(["red", "blue", "green", "purple", "black", "orange", "yellow"]))
        second = colour(rng, str(rng.choice(["white", "yellow"]))) if first not in ("white", "yellow") else colour(rng, "black")
        a, b = colour(rng, first), second
        return Paint(rng, *((a, kind, b) if rng.random() < .6 else (b, kind, a)), period)
    if kind == "wooden":
        return Paint(rng, np.array([178, 122, 68]) * rng.uniform(.65, 1.2), kind, None, .05, rng.choice([0, 1.57]))
    if kind == "metal":
        return Paint(rng, np.array([165, 172, 182]) * rng.uniform(.85, 1.15), kind, None, size * .35, rng.uniform(.6, 1))
    if kind == "stone":
        return Paint(rng, np.array([150, 145, 138]) * rng.uniform(.75, 1.2), kind)
    return Paint(rng, colour(rng, names[0] if names else fallback), "plain", None, period, None, .04)


def smooth(points, n=8):
    """A closed Catmull-Rom curve through the points."""
    p = np.asarray(points, np.float32)
    t = np.linspace(0, 1, n, endpoint=False, dtype=np.float32)[:, None, None]
    a, b, c, d = np.roll(p, 1, 0), p, np.roll(p, -1, 0), np.roll(p, -2, 0)
    q = .5 * (2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t ** 2 + (3 * b - a - 3 * c + d) * t ** 3)
    return q.transpose(1, 0, 2).reshape(-1, 2)


def ellipse(cx, cy, rx, ry, a0=0, a1=360, n=40):
    """Points of an ellipse or of a part of it (degrees, clockwise from the right)."""
    t = np.radians(np.linspace(a0, a1, n, endpoint=a1 - a0 < 360))
    return np.stack([cx + rx * np.cos(t), cy + ry * np.sin(t)], 1)


class Canvas:
    """The picture being drawn (`img`, float RGB), its instance map (`ids`), and the instance list."""

    def __init__(self, width, height, rng):
        self.W, self.H, self.u, self.rng = width, height, min(width, height), rng
        self.w, self.h = width / self.u, height / self.u
        self.img = np.zeros((height, width, 3), np.float32)
        self.ids = np.zeros((height, width), np.uint8)
        self.items = [("none", [])]
        self.light = rng.choice([-1, 1])

    def item(self, noun, adjectives=()):
        """Registers an instance and returns its number in the instance map."""
        if len(self.items) >= 254:
            return 254
        self.items.append((noun, list(adjectives)))
        return len(self.items) - 1

    def fill(self, polygons, paint, item=None, shade=None, alpha=1.0, soft=0):
        """Paints polygons (units): a Paint, an RGB triple, or a function(x0, y0, w, h) -> pixels."""
        pts = [np.asarray(p, np.float32) * self.u for p in polygons]
        low, high = np.min([p.min(0) for p in pts], 0), np.max([p.max(0) for p in pts], 0)
        pad = 2 + int(soft * self.u * 2)
        x0, y0 = max(int(low[0]) - pad, 0), max(int(low[1]) - pad, 0)
        x1, y1 = min(int(high[0]) + 1 + pad, self.W), min(int(high[1]) + 1 + pad, self.H)
        w, h = x1 - x0, y1 - y0
        if w <= 0 or h <= 0:
            return
        mask = np.zeros((h, w), np.uint8)
        for p in pts:
            q = np.round((p - (x0, y0)) * (1 << _SHIFT)).astype(np.int32)
            cv2.fillPoly(mask, [q], 255, cv2.LINE_AA, _SHIFT)
        if item is not None:
            self.ids[y0:y1, x0:x1][mask > 127] = item
        m = mask.astype(np.float32) * (alpha / 255)
        if soft:
            m = cv2.GaussianBlur(m, (0, 0), soft * self.u)
        if isinstance(paint, Paint):
            colours = paint.render(x0, y0, w, h, self.u)
        elif callable(paint):
            colours = paint(x0, y0, w, h)
        else:
            colours = np.asarray(paint, np.float32)
        if shade:
            centre, half = (low + high) / 2, np.maximum((high - low) / 2, 1)
            nx = ((x0 + np.arange(w, dtype=np.float32) - centre[0]) / half[0])[None] * self.light
            ny = ((y0 + np.arange(h, dtype=np.float32) - centre[1]) / half[1])[:, None]
            if shade == "round":
                d = (nx - .35) ** 2 + (ny + .4) ** 2
                colours = colours * (1.18 - .28 * d)[..., None] + (140 * np.exp(-d * 14))[..., None]
            elif shade == "tube":
                colours = colours * (1.12 - .35 * (nx - .3) ** 2 + 0 * ny)[..., None]
            else:
                colours = colours * (1.03 + .1 * nx - .12 * ny)[..., None]
        roi = self.img[y0:y1, x0:x1]
        roi += (colours - roi) * m[..., None]

    def shadow(self, cx, cy, rx, ry, strength=.4):
        """A soft dark ellipse on the ground."""
        self.fill([ellipse(cx, cy, rx, ry)], (20, 22, 30), None, None, strength, min(rx, ry) * .35 + .002)

    def finish(self):
        """The picture as 8-bit RGB."""
        return np.clip(self.img + .5, 0, 255).astype(np.uint8)


class Pen:
    """Draws one instance in local coordinates: x and y in -0.5..0.5 times `size`, y downwards."""

    def __init__(self, canvas, item, cx, cy, size, rot=0.0, flip=False, stretch=1.0):
        self.c, self.item, self.at, self.size, self.flip, self.stretch = canvas, item, np.array([cx, cy]), size, flip, stretch
        self.rng, k, s = canvas.rng, np.cos(rot), np.sin(rot)
        self.m = np.array([[k, s], [-s, k]])

    def place(self, points):
        """Local points to units."""
        p = np.array(points, np.float64)
        p[:, 0] *= (-1 if self.flip else 1) * self.stretch
        return (p * self.size) @ self.m + self.at

    def poly(self, points, paint, shade=None, alpha=1.0, label=True):
        self.c.fill([self.place(points)], paint, self.item if label else None, shade, alpha)

    def blob(self, points, paint, shade=None, alpha=1.0):
        self.poly(smooth(points), paint, shade, alpha)

    def oval(self, cx, cy, rx, ry, paint, shade=None, a0=0, a1=360):
        self.poly(ellipse(cx, cy, rx, ry, a0, a1), paint, shade)

    def rect(self, x0, y0, x1, y1, paint, shade=None, r=0.0):
        if not r:
            return self.poly([(x0, y0), (x1, y0), (x1, y1), (x0, y1)], paint, shade)
        corners = [ellipse(x, y, r, r, a, a + 90, 6) for x, y, a in
                   ((x1 - r, y1 - r, 0), (x0 + r, y1 - r, 90), (x0 + r, y0 + r, 180), (x1 - r, y0 + r, 270))]
        self.poly(np.concatenate(corners), paint, shade)

    def line(self, points, width, paint):
        """An open stroke of the given width."""
        p = np.asarray(points, np.float64)
        d = np.gradient(p, axis=0)
        n = np.stack([-d[:, 1], d[:, 0]], 1) / (np.linalg.norm(d, axis=1, keepdims=True) + 1e-9) * (width / 2)
        self.poly(np.concatenate([p + n, (p - n)[::-1]]), paint)

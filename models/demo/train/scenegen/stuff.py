"""Surfaces: sky, ground, water, walls and the like. Each function paints a polygon (units) as one instance."""
import numpy as np

from .canvas import Paint, colour, ellipse, fbm, noise, paint_for, ramp

SKY = {"blue": ((62, 128, 210), (186, 219, 246)), "orange": ((120, 84, 150), (252, 178, 96)),
       "grey": ((134, 143, 154), (205, 210, 216)), "pink": ((140, 120, 196), (252, 186, 200))}
GRASS = {"green": (88, 148, 48), "yellow": (186, 168, 76)}
WATER = {"blue": (38, 106, 170), "green": (36, 134, 122)}
MOUNTAIN = {"grey": (112, 116, 124), "brown": (134, 104, 78), "purple": (112, 92, 146)}
BRICK = {"red": (166, 72, 52), "white": (222, 216, 206), "grey": (134, 134, 136), "brown": (128, 92, 66)}


def box(x0, y0, x1, y1):
    """A rectangle as polygon."""
    return np.array([(x0, y0), (x1, y0), (x1, y1), (x0, y1)], np.float32)


def _vary(rng, rgb, k=.1):
    return np.clip(np.array(rgb, np.float32) * rng.uniform(1 - k, 1 + k) + rng.uniform(-8, 8, 3), 0, 255)


def _rows(c, y0, h, horizon):
    """Row numbers that shrink a texture towards the horizon (perspective in y)."""
    d = np.maximum((y0 + np.arange(h)) / c.u - horizon, 0) + .04
    return np.cumsum(.75 + .2 / d)


def _squeezed(c, texture, y0, h, horizon):
    """texture(height) rendered tall and read with perspective row steps."""
    z = _rows(c, y0, h, horizon)
    tall = texture(int(z[-1]) + 3)
    return tall[z.astype(int)]


def sky(c, item, poly, adjective):
    top, low = (_vary(c.rng, v, .06) for v in SKY[adjective])
    rng, end = c.rng, poly[:, 1].max()

    def paint(x0, y0, w, h):
        t = np.clip((y0 + np.arange(h)) / c.u / end, 0, 1)[:, None, None] ** 1.2
        return top + (low - top) * t + 5 * noise(rng, h, w, .15 * c.u, .5 * c.u)[..., None]
    c.fill([poly], paint, item)


def cloud(c, item, cx, cy, size, adjective):
    rng = c.rng
    base = np.array((252, 252, 254) if adjective == "white" else (142, 148, 158), np.float32)
    puffs = [(cx + size * x, cy - size * .22 * np.cos(x * 2.6) * rng.uniform(.4, 1.1), size * rng.uniform(.16, .26))
             for x in np.linspace(-.5, .5, rng.integers(4, 8))]

    def paint(x0, y0, w, h):
        t = ((y0 + np.arange(h)) / c.u - cy)[:, None] / size
        n = noise(rng, h, w, .05 * c.u)
        return base * np.clip(.98 - .45 * np.maximum(t, 0) + .035 * n, 0, 1.02)[..., None]
    c.fill([ellipse(x, y, r, r * .8) for x, y, r in puffs] + [ellipse(cx, cy + size * .04, size * .55, size * .12)], paint, item)


def grass(c, item, poly, adjective, horizon=0.0):
    rng, rgb = c.rng, _vary(c.rng, GRASS[adjective])

    def paint(x0, y0, w, h):
        def texture(tall):
            blades = noise(rng, tall, w, .028 * c.u, .0045 * c.u)
            return .11 * fbm(rng, tall, w, .12 * c.u, 2) + .2 * blades
        t = 1 + _squeezed(c, texture, y0, h, horizon)
        out = rgb * t[..., None]
        out[..., 0] += 18 * (t - 1)
        return out
    c.fill([poly], paint, item)


def sand(c, item, poly, horizon=0.0):
    rng, rgb = c.rng, _vary(c.rng, (222, 190, 138), .07)

    def paint(x0, y0, w, h):
        def texture(tall):
            ripple = np.sin((np.arange(tall)[:, None] / c.u) * 190 + 2.6 * noise(rng, tall, w, .1 * c.u, .2 * c.u))
            return .045 * ripple + .04 * fbm(rng, tall, w, .1 * c.u, 2) + .06 * noise(rng, tall, w, .0045 * c.u)
        return rgb * (1 + _squeezed(c, texture, y0, h, horizon))[..., None]
    c.fill([poly], paint, item)


def snow(c, item, poly, horizon=0.0):
    rng = c.rng

    def paint(x0, y0, w, h):
        n = _squeezed(c, lambda tall: fbm(rng, tall, w, .22 * c.u, 3), y0, h, horizon)
        glint = noise(rng, h, w, .003 * c.u) > 2.4
        out = np.array((236, 241, 249), np.float32) + np.array((20, 14, 7), np.float32) * np.clip(n, -2.4, 1)[..., None]
        return out + 18 * glint[..., None]
    c.fill([poly], paint, item)


def water(c, item, poly, adjective, horizon=0.0):
    rng, rgb = c.rng, _vary(c.rng, WATER[adjective])

    def paint(x0, y0, w, h):
        n = _squeezed(c, lambda tall: noise(rng, tall, w, .014 * c.u, .07 * c.u) + .5 * noise(rng, tall, w, .03 * c.u, .2 * c.u),
                      y0, h, horizon)
        out = rgb * (1 + .13 * n)[..., None]
        return out + (np.array((190, 215, 225), np.float32) - out) * (.6 * ramp(n - 1.45, .5))[..., None]
    c.fill([poly], paint, item)


def road(c, item, poly, vanish, horizon=0.0):
    """vanish: the x where the lane markings meet; None for a road seen from above or the side."""
    rng, grey = c.rng, c.rng.uniform(66, 100)

    def paint(x0, y0, w, h):
        n = .1 * noise(rng, h, w, .0035 * c.u) + .06 * fbm(rng, h, w, .1 * c.u, 2)
        return (np.array((grey, grey, grey * 1.05), np.float32)) * (1 + n)[..., None]
    c.fill([poly], paint, item)
    mark = (236, 232, 220) if rng.random() < .6 else (240, 190, 60)
    bottom = poly[:, 1].max()
    if vanish is None:
        y, dy = (poly[:, 1].min() + bottom) / 2, (bottom - poly[:, 1].min()) * .04
        for x in np.arange(-.1, c.w, .26):
            c.fill([box(x, y - dy, x + .15, y + dy)], mark, item)
        return
    centre, z = poly[poly[:, 1] >= bottom - 1e-3, 0].mean(), rng.uniform(0, .12)
    while z < 1:
        a, b = z ** 1.6, min((z + .1) ** 1.6, 1)
        quad = [(vanish + (centre - vanish) * t + k * t * .022, horizon + (bottom - horizon) * t) for t, k in ((a, -1), (a, 1), (b, 1), (b, -1))]
        c.fill([np.array(quad)], mark, item)
        z += .2


def mountain(c, item, x0, x1, base, peak, adjective, snowy):
    rng, rgb = c.rng, _vary(c.rng, MOUNTAIN[adjective])
    xs = np.linspace(x0, x1, 25)
    ridge = peak * np.interp(xs, [x0, x0 + (x1 - x0) * rng.uniform(.3, .7), x1], [0, 1, 0]) + peak * .09 * rng.standard_normal(25) * np.sin(np.linspace(0, np.pi, 25))
    poly = np.concatenate([np.stack([xs, base - np.maximum(ridge, .004)], 1), [(x1, base + .01), (x0, base + .01)]])

    def paint(px, py, w, h):
        n = fbm(rng, h, w, .11 * c.u, 4)
        facet = np.clip(np.roll(n, max(int(.012 * c.u), 1), 1) - n, -1, 1)
        height = (base - (py + np.arange(h)) / c.u)[:, None] / peak
        out = rgb * (1 + c.light * .75 * facet + .1 * n)[..., None]
        if snowy:
            cap = ramp(height - .62 + .13 * n, .05)[..., None]
            out = out + (np.array((244, 247, 252), np.float32) * (1 + .3 * np.minimum(c.light * facet, 0))[..., None] - out) * cap
        return out
    c.fill([poly], paint, item)


def brick_wall(c, item, poly, adjective):
    rng, rgb = c.rng, _vary(c.rng, BRICK[adjective])
    bh = rng.uniform(.035, .06)
    bw, mortar = bh * 2.3, np.array((196, 190, 180) if adjective != "white" else (150, 146, 140), np.float32)

    def paint(x0, y0, w, h):
        y = ((y0 + np.arange(h)) / c.u / bh)[:, None]
        x = (x0 + np.arange(w))[None] / c.u / bw + .5 * (np.floor(y) % 2)
        joint = np.maximum(ramp(.1 - np.minimum(y % 1, 1 - y % 1) * 1.0, .08) + 0 * x, ramp(.045 - np.minimum(x % 1, 1 - x % 1), .04))
        tone = np.sin(np.floor(x) * 12.9898 + np.floor(y) * 78.233) * 437.585 % 1
        out = rgb * (.8 + .36 * tone + .07 * noise(rng, h, w, .006 * c.u))[..., None]
        return out + (mortar - out) * joint[..., None]
    c.fill([poly], paint, item)


def wall(c, item, poly, adjective):
    rng = c.rng
    if adjective in ("striped", "spotted"):
        paint = paint_for(rng, [adjective], .5)
        paint.rgb, paint.rgb2, paint.angle = paint.rgb * .25 + 180, paint.rgb2 * .6 + 95, 0 if adjective == "striped" else .78
    else:
        paint = Paint(rng, colour(rng, adjective) * .55 + 105 if adjective != "grey" else (170, 170, 172), rough=.025)
    glow = rng.uniform(.2, .8) * c.w

    def render(x0, y0, w, h):
        x = ((x0 + np.arange(w)) / c.u - glow)[None]
        return paint.render(x0, y0, w, h, c.u) * (1.06 - .13 * x ** 2 + 0 * np.zeros((h, 1)))[..., None]
    c.fill([poly], render, item)


def floor(c, item, poly, adjective, horizon=0.0):
    rng, vanish = c.rng, c.w * c.rng.uniform(.3, .7)
    wood = np.array((184, 128, 76), np.float32) * rng.uniform(.6, 1.1)
    a, b = ((236, 232, 224), (70, 74, 84)) if adjective == "checkered" else ((168, 160, 150), (150, 144, 136))
    if adjective == "checkered" and rng.random() < .5:
        b = colour(rng, str(rng.choice(["red", "blue", "brown", "green"])))
    step = rng.uniform(.12, .18)

    def paint(x0, y0, w, h):
        d = ((y0 + np.arange(h)) / c.u - horizon)[:, None]
        depth = np.maximum(d + .12, .05) * 1.4
        x = ((x0 + np.arange(w)) / c.u - vanish)[None] / depth * .6 / step
        z = 1.2 / depth / step * .6
        i, j = np.floor(x), np.floor(z + 0 * x)
        if adjective == "wooden":
            j = np.floor(z * .3 + (i * .37) % 1)
            tone = np.sin(i * 12.9898 + j * 78.233) * 437.585 % 1
            seam = ramp(.05 - np.minimum(x % 1, 1 - x % 1), .05)
            grain = noise(rng, h, w, .06 * c.u, .006 * c.u)
            return wood * ((.82 + .3 * tone + .07 * grain) * (1 - .55 * seam))[..., None]
        odd = ((i + j) % 2)[..., None]
        out = np.array(a, np.float32) * (1 - odd) + np.array(b, np.float32) * odd
        n = fbm(rng, h, w, .04 * c.u, 2)
        seam = np.maximum(ramp(.05 - np.minimum(x % 1, 1 - x % 1), .06), ramp(.05 - np.minimum(z % 1, 1 - z % 1), .06) + 0 * x)
        return out * (1 + (.1 if adjective == "stone" else .03) * n - .45 * seam)[..., None]
    c.fill([poly], paint, item)


def curtain(c, item, poly, adjective):
    rng = c.rng
    paint = paint_for(rng, [adjective], .35)
    paint.angle = 1.57 if adjective == "striped" else 0
    fold = rng.uniform(.035, .06)

    def render(x0, y0, w, h):
        x = ((x0 + np.arange(w)) / c.u)[None] / fold + .35 * noise(rng, h, w, .4 * c.u, .1 * c.u)
        return paint.render(x0, y0, w, h, c.u) * (.84 + .24 * np.sin(x * 6.283))[..., None]
    c.fill([poly], render, item)


def fence(c, item, x0, x1, base, height, adjective):
    rng = c.rng
    paint = Paint(rng, (240, 240, 236)) if adjective == "white" else paint_for(rng, [adjective], .2)
    step = height * rng.uniform(.2, .3)
    if adjective == "wooden":
        paint.angle = 1.57
    c.fill([box(x0, base - height * .9, x1, base)], paint.dark(.38), item)
    for t in (.72, .28):
        c.fill([box(x0, base - height * t - height * .06, x1, base - height * t + height * .06)], paint.dark(.8), item)
    for x in np.arange(x0, x1 - step * .5, step):
        w, tip = step * .74, height * (.12 if adjective != "metal" else .2)
        c.fill([np.array([(x, base), (x, base - height + tip), (x + w / 2, base - height), (x + w, base - height + tip), (x + w, base)])],
               paint, item, "tube")


def carpet(c, item, poly, adjective):
    rng = c.rng
    paint = paint_for(rng, [adjective], .45, "red")
    centre = poly.mean(0)

    def fuzzy(p):
        def render(x0, y0, w, h):
            return p.render(x0, y0, w, h, c.u) * (1 + .15 * noise(rng, h, w, .006 * c.u))[..., None]
        return render
    border = Paint(rng, colour(rng, str(rng.choice(["white", "yellow", "orange", "brown"]))))
    for k, p in ((1, paint), (.9, border), (.82, paint)):
        c.fill([centre + (poly - centre) * k], fuzzy(p), item)


def ground_shape(rng, x0, x1, y0, y1, wobble):
    """A ground polygon with an uneven upper edge."""
    if not wobble:
        return box(x0, y0, x1, y1)
    xs = np.linspace(x0 - .05, x1 + .05, 40)
    top = y0 + wobble * (np.sin(xs * rng.uniform(2, 5) + rng.uniform(0, 6)) + .4 * np.sin(xs * rng.uniform(6, 11) + rng.uniform(0, 6)))
    return np.concatenate([np.stack([xs, top], 1), [(x1 + .05, y1), (x0 - .05, y1)]])

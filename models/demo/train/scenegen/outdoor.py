"""Things met outdoors. Each function draws one instance with a Pen whose paint fits its adjectives."""
import numpy as np

from .canvas import Paint, colour, ellipse, noise, ramp, smooth

DARK = (38, 36, 40)
GLASS = (168, 206, 226)


def _brown(rng):
    return Paint(rng, np.array((112, 78, 48)) * rng.uniform(.8, 1.15), "wooden", angle=1.57)


def _foliage(pen, rgb):
    """Leafy texture: clumps of light and dark."""
    rng, u = pen.rng, pen.c.u

    def paint(x0, y0, w, h):
        n = noise(rng, h, w, max(.05 * pen.size * u, 2)) * .14 + noise(rng, h, w, max(.022 * pen.size * u, 1)) * .2
        return np.asarray(rgb) * (1 + n)[..., None]
    return paint


def tree(pen, paint, adjectives):
    rng = pen.rng
    rgb = paint.rgb if adjectives != ["green"] else np.array((52, 112, 40), np.float32) * rng.uniform(.75, 1.2)
    leaf = _foliage(pen, rgb)
    pen.poly([(-.05, -.05), (.05, -.05), (.075, .5), (-.075, .5)], _brown(rng), "tube")
    if rng.random() < .4:
        for top, low, half in ((-.05, .3, .34), (-.28, .1, .27), (-.5, -.12, .19)):
            pen.poly([(0, top), (half, low), (half * .4, low - .03), (0, low + .02), (-half * .4, low - .03), (-half, low)], leaf, "flat")
    else:
        a = np.linspace(0, 6.283, 11, endpoint=False)
        r = rng.uniform(.27, .37, 11)
        pen.blob(np.stack([r * np.cos(a), -.17 + r * .95 * np.sin(a)], 1), leaf, "round")


def house(pen, paint, adjectives):
    rng = pen.rng
    roof = Paint(rng, colour(rng, str(rng.choice(["red", "brown", "grey", "black"]))), "striped", None, .05 * pen.size, 1.57)
    roof.rgb2 = roof.rgb * .8
    pen.rect(.2, -.48, .3, -.15, Paint(rng, (140, 84, 66)), "tube")
    pen.rect(-.45, -.12, .45, .5, paint, "flat")
    pen.poly([(-.54, -.1), (-.3, -.45), (.3, -.45), (.54, -.1)] if rng.random() < .5 else [(-.54, -.1), (0, -.5), (.54, -.1)], roof, "flat")
    frame = (244, 242, 236) if "white" not in adjectives else (96, 70, 52)
    for x in (-.27, .27):
        pen.rect(x - .12, .01, x + .12, .25, frame)
        pen.rect(x - .095, .035, x + .095, .225, (96, 138, 170) if rng.random() < .7 else (252, 222, 130), "flat")
        pen.rect(x - .01, .03, x + .01, .23, frame)
        pen.rect(x - .1, .12, x + .1, .14, frame)
    pen.rect(-.1, .1, .1, .5, frame)
    pen.rect(-.08, .13, .08, .5, Paint(rng, (110, 66, 40), "wooden", angle=1.57))
    pen.oval(.05, .33, .014, .014, (230, 200, 90))


def car(pen, paint, adjectives):
    rng = pen.rng
    boxy = rng.uniform(0, .1)
    pen.blob([(-.5, .12), (-.49, -.02), (-.36, -.06), (-.2 - boxy, -.24), (.14 + boxy, -.25), (.3, -.07), (.47, -.02), (.5, .12), (.3, .16), (-.3, .16)], paint, "round")
    pen.poly([(-.28, -.07), (-.17 - boxy * .7, -.2), (.0, -.205), (.0, -.07)], GLASS, "flat")
    pen.poly([(.03, -.07), (.03, -.205), (.12 + boxy * .7, -.2), (.23, -.07)], GLASS, "flat")
    pen.rect(-.49, .045, .49, .065, paint.dark(.6))
    pen.oval(.47, .02, .022, .03, (255, 244, 190))
    pen.rect(-.5, -.01, -.47, .04, (200, 30, 30))
    for x in (-.28, .28):
        pen.oval(x, .15, .115, .115, paint.dark(.45))
        pen.oval(x, .16, .1, .1, DARK)
        pen.oval(x, .16, .055, .055, (196, 198, 204), "round")
        pen.oval(x, .16, .02, .02, (90, 90, 96))


def boat(pen, paint, adjectives):
    rng = pen.rng
    pen.rect(-.015, -.5, .015, .25, (120, 84, 54))
    sail = Paint(rng, (246, 244, 236) if rng.random() < .7 else colour(rng, str(rng.choice(["red", "orange", "yellow"]))), rough=.03)
    pen.poly(smooth([(.03, -.48), (.2, -.1), (.4, .18), (.03, .2)])[:-8], sail, "flat")
    pen.poly([(-.03, -.42), (-.03, .18), (-.3, .18)], sail.dark(.92), "flat")
    pen.poly([(-.5, .24), (.5, .24), (.36, .48), (-.36, .48)], paint, "flat")
    pen.rect(-.5, .22, .5, .27, paint.dark(.55))


def bird(pen, paint, adjectives):
    beak = (246, 170, 40)
    if "yellow" in adjectives:
        beak = (226, 92, 30)
    pen.poly([(.33, -.2), (.5, -.13), (.33, -.08)], beak)
    pen.poly([(-.28, .02), (-.5, -.02), (-.5, .16), (-.25, .16)], paint.dark(.75), "flat")
    for x in (-.02, .08):
        pen.rect(x - .012, .22, x + .012, .46, beak)
        pen.rect(x - .02, .44, x + .08, .47, beak)
    pen.blob([(-.34, .06), (-.12, -.12), (.12, -.3), (.34, -.26), (.36, -.06), (.24, .16), (-.02, .27), (-.26, .2)], paint, "round")
    pen.blob([(-.32, .1), (-.1, -.06), (.12, .0), (.04, .16), (-.16, .2)], paint.dark(.68), "flat")
    pen.oval(.23, -.17, .045, .045, (252, 252, 252))
    pen.oval(.24, -.17, .024, .024, (16, 16, 18))


def fish(pen, paint, adjectives):
    pen.blob([(-.26, .0), (-.5, -.24), (-.42, .0), (-.5, .24)], paint.dark(.75), "flat")
    pen.poly([(-.1, -.16), (.02, -.33), (.18, -.17)], paint.dark(.75))
    pen.poly([(-.06, .16), (.0, .3), (.12, .18)], paint.dark(.75))
    pen.blob([(-.32, 0), (-.1, -.19), (.2, -.22), (.44, -.06), (.47, .02), (.4, .1), (.18, .2), (-.1, .18)], paint, "round")
    for x in (-.12, 0, .12):
        pen.line([(x, -.11), (x + .05, 0), (x, .11)], .014, paint.dark(.7))
    pen.oval(.33, -.05, .05, .05, (250, 250, 250))
    pen.oval(.34, -.05, .027, .027, (14, 14, 18))


def flower(pen, paint, adjectives):
    rng = pen.rng
    stem = Paint(rng, (58, 128, 46))
    pen.line([(0, -.2), (.02, .1), (0, .5)], .035, stem)
    pen.blob([(.01, .34), (.14, .18), (.26, .2), (.14, .33)], stem, "flat")
    pen.blob([(0, .4), (-.13, .24), (-.25, .26), (-.13, .38)], stem, "flat")
    n = int(rng.integers(5, 9))
    for k in range(n):
        a = 6.283 * k / n
        x, y = .17 * np.cos(a), -.22 + .17 * np.sin(a)
        pen.oval(x, y, .115, .115, paint.dark(.93 if k % 2 else 1.05), "flat")
    pen.oval(0, -.22, .095, .095, (250, 204, 50) if "yellow" not in adjectives else (120, 72, 36), "round")


def leaf(pen, paint, adjectives):
    pen.line([(0, .3), (.02, .4), (.0, .5)], .03, paint.dark(.6))
    pen.blob([(0, -.5), (.17, -.24), (.26, .03), (.14, .26), (0, .33), (-.14, .26), (-.26, .03), (-.17, -.24)], paint, "flat")
    vein = paint.dark(.62)
    pen.line([(0, -.42), (0, 0), (0, .34)], .022, vein)
    for y in (-.22, -.06, .1):
        for s in (-1, 1):
            pen.line([(0, y + .06), (s * .09, y), (s * .17, y - .06)], .014, vein)


def mushroom(pen, paint, adjectives):
    rng = pen.rng
    pen.blob([(-.1, -.05), (.1, -.05), (.13, .25), (.17, .46), (0, .5), (-.17, .46), (-.13, .25)], Paint(rng, (240, 230, 210)), "tube")
    pen.blob([(-.44, 0), (-.36, -.28), (0, -.46), (.36, -.28), (.44, 0), (.2, .07), (-.2, .07)], paint, "round")
    if "brown" not in adjectives and "spotted" not in adjectives:
        dots = (250, 246, 240) if "white" not in adjectives else (196, 160, 130)
        for x, y, r in ((-.22, -.12, .065), (0, -.3, .07), (.2, -.18, .055), (.03, -.08, .05), (.33, -.05, .035)):
            pen.oval(x, y, r, r * .85, dots)


def sun(pen, paint, adjectives):
    c, r = pen.at, pen.size
    pen.c.fill([ellipse(*c, r * .9, r * .9)], (255, 236, 150), None, None, .5, r * .22)
    n = 12
    for k in range(n):
        a = 6.283 * k / n
        pen.poly([(.36 * np.cos(a - .12), .36 * np.sin(a - .12)), (.5 * np.cos(a), .5 * np.sin(a)), (.36 * np.cos(a + .12), .36 * np.sin(a + .12))], (255, 208, 60))
    pen.oval(0, 0, .34, .34, (255, 226, 96), "flat")
    pen.oval(0, 0, .25, .25, (255, 240, 150))


def star(pen, paint, adjectives):
    a = np.arange(10) * .6283 - 1.5708
    r = np.where(np.arange(10) % 2, .22, .5)
    p = np.stack([r * np.cos(a), r * np.sin(a)], 1)
    pen.poly(p, paint.dark(.55))
    pen.poly(p * .86, paint, "flat")
    for k in range(0, 10, 2):
        pen.poly([(0, 0), p[k] * .84, p[k - 1] * .84], paint.dark(.82))


def rock(pen, paint, adjectives):
    rng = pen.rng
    paint.kind = "stone"
    a = np.linspace(0, 6.283, 9, endpoint=False)
    r = rng.uniform(.38, .5, 9)
    p = np.stack([r * np.cos(a), .1 + r * .72 * np.sin(a)], 1)
    p[:, 1] = np.minimum(p[:, 1], .4)
    pen.poly(p, paint, "round")
    pen.poly([p[5], p[6], p[7], (.05, -.02)], paint.dark(1.16))
    pen.poly([p[0], p[1], p[2], (.05, -.02)], paint.dark(.72))


def cactus(pen, paint, adjectives):
    rng = pen.rng
    rgb = np.array((52, 132, 84), np.float32) * rng.uniform(.85, 1.15)
    ribs = Paint(rng, rgb, "striped", rgb * .62, pen.size * .055, 0)
    pen.rect(-.4, -.16, -.27, .14, ribs, "tube", .06)
    pen.rect(-.4, .04, 0, .15, ribs.dark(.9), None, .05)
    pen.rect(.25, -.28, .38, .04, ribs, "tube", .06)
    pen.rect(0, -.06, .38, .05, ribs.dark(.9), None, .05)
    pen.rect(-.13, -.5, .13, .5, ribs, "tube", .12)
    for _ in range(16):
        x, y = rng.uniform(-.11, .11), rng.uniform(-.4, .45)
        pen.oval(x, y, .012, .012, (238, 240, 214))
    if rng.random() < .5:
        pen.oval(0, -.47, .06, .045, (236, 90, 150))


def umbrella(pen, paint, adjectives):
    pen.rect(-.015, -.4, .015, .42, (92, 76, 64))
    pen.line([(0, .38), (.02, .47), (.08, .48), (.11, .4)], .03, (92, 76, 64))
    edge = [(x, .03 - .05 * abs(np.sin(x * 9.8))) for x in np.linspace(.5, -.5, 31)]
    dome = [(.5 * np.cos(t), .03 - .47 * np.sin(t)) for t in np.linspace(np.pi, 0, 25)]
    pen.poly(dome + edge, paint, "round")
    dark = paint.dark(.62)
    for k in (-.32, -.11, .11, .32):
        pen.line([(k * .1, -.44), (k * .75, -.25), (k, .0)], .012, dark)
    pen.rect(-.015, -.5, .015, -.42, (92, 76, 64))


def balloon(pen, paint, adjectives):
    pen.line([(0, .2), (.02, .3), (-.02, .4), (.01, .5)], .014, (90, 90, 96))
    pen.blob([(0, -.5), (.21, -.42), (.3, -.2), (.22, .03), (.05, .18), (-.05, .18), (-.22, .03), (-.3, -.2), (-.21, -.42)], paint, "round")
    pen.poly([(0, .16), (.045, .24), (-.045, .24)], paint.dark(.75))
    pen.oval(-.1, -.28, .045, .09, np.minimum(paint.rgb * .3 + 178, 255))


def butterfly(pen, paint, adjectives):
    edge = (34, 28, 32)
    for s in (-1, 1):
        up = np.array([(s * .03, -.04), (s * .2, -.36), (s * .44, -.4), (s * .47, -.14), (s * .26, .04)])
        low = np.array([(s * .03, .03), (s * .28, .05), (s * .4, .22), (s * .26, .4), (s * .1, .3)])
        for wing in (up, low):
            pen.blob(wing, edge)
            pen.blob(wing.mean(0) + (wing - wing.mean(0)) * .8, paint, "flat")
        pen.oval(s * .36, -.25, .05, .05, (250, 246, 236))
        pen.oval(s * .26, .22, .04, .04, (250, 246, 236))
        pen.line([(0, -.2), (s * .05, -.32), (s * .1, -.38)], .014, edge)
    pen.oval(0, .03, .04, .27, edge)

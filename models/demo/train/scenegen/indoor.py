"""Things met indoors, and flat painted shapes. Same interface as outdoor.py."""
import numpy as np

from .canvas import Paint, colour, ellipse
from .outdoor import DARK


def table(pen, paint, adjectives):
    pen.stretch *= 1.5
    for x in (-.42, .34):
        pen.rect(x, -.2, x + .08, .5, paint.dark(.7), "tube")
    for x in (-.3, .23):
        pen.rect(x, -.2, x + .06, .38, paint.dark(.5), "tube")
    pen.poly([(-.4, -.44), (.4, -.44), (.5, -.2), (-.5, -.2)], paint.dark(1.08), "flat")
    pen.rect(-.5, -.2, .5, -.12, paint.dark(.8))


def chair(pen, paint, adjectives):
    for x in (-.27, .2):
        pen.rect(x, .08, x + .07, .5, paint.dark(.7), "tube")
    for x in (-.2, .15):
        pen.rect(x, .04, x + .05, .4, paint.dark(.5))
    for x in (-.25, .18):
        pen.rect(x, -.5, x + .07, .05, paint.dark(.85), "tube")
    for y in (-.46, -.3, -.14):
        pen.rect(-.2, y, .2, y + .11, paint, "flat")
    pen.poly([(-.25, .0), (.25, .0), (.31, .12), (-.31, .12)], paint.dark(1.08), "flat")
    pen.rect(-.31, .11, .31, .16, paint.dark(.72))


def lamp(pen, paint, adjectives):
    pen.c.fill([ellipse(*pen.place([(0, -.15)])[0], pen.size * .5, pen.size * .45)], (255, 236, 170), None, None, .35, pen.size * .15)
    pen.rect(-.02, -.1, .02, .44, (120, 104, 84))
    pen.oval(0, .45, .17, .05, (98, 84, 68), "flat")
    pen.oval(0, .28, .05, .09, (140, 118, 90), "round")
    pen.poly([(-.17, -.48), (.17, -.48), (.34, .0), (-.34, .0)], paint, "tube")
    pen.poly([(-.06, -.46), (.06, -.46), (.16, -.02), (-.16, -.02)], (255, 246, 200), None, .38)
    pen.rect(-.34, -.025, .34, .015, paint.dark(.6))
    pen.rect(-.17, -.5, .17, -.46, paint.dark(.6))


def cup(pen, paint, adjectives):
    t = np.linspace(-80, 80, 14)
    pen.line([(.27 + .17 * np.cos(np.radians(a)), .02 + .21 * np.sin(np.radians(a))) for a in t], .07, paint.dark(.72))
    side = ellipse(0, .38, .25, .08, 0, 180, 14)
    pen.poly(np.concatenate([[(-.32, -.34), (.32, -.34)], side]), paint, "tube")
    pen.oval(0, -.34, .32, .1, paint.dark(1.2))
    pen.oval(0, -.33, .27, .075, (78, 48, 30))


def bottle(pen, paint, adjectives):
    rng = pen.rng
    pen.rect(-.065, -.5, .065, -.42, (200, 160, 110) if rng.random() < .5 else (60, 60, 66))
    pen.poly([(-.06, -.43), (.06, -.43), (.065, -.22), (.17, -.06), (.18, .47), (.14, .5), (-.14, .5), (-.18, .47), (-.17, -.06), (-.065, -.22)], paint.dark(.85), "tube")
    pen.rect(-.18, .08, .18, .33, (244, 238, 220), "tube")
    for y in (.14, .2, .26):
        pen.rect(-.12, y, .1, y + .02, (120, 96, 80))
    pen.rect(-.125, -.03, -.085, .44, np.minimum(paint.rgb * .5 + 120, 255), None, .02)


def book(pen, paint, adjectives):
    rng = pen.rng
    if rng.random() < .6:
        pen.rect(-.33, -.45, .36, .48, (246, 240, 224))
        for x in (.325, .345):
            pen.rect(x, -.43, x + .006, .46, (190, 180, 160))
        pen.rect(-.36, -.5, .32, .44, paint, "flat")
        pen.rect(-.36, -.5, -.26, .44, paint.dark(.6))
        pen.rect(-.16, -.36, .22, -.16, (246, 236, 204))
        for y in (-.31, -.24):
            pen.rect(-.1, y, .16, y + .03, (90, 80, 74))
        pen.rect(-.16, .28, .22, .31, (246, 236, 204))
    else:
        pen.poly([(-.5, -.3), (.5, -.3), (.52, .34), (-.52, .34)], paint, "flat")
        for s in (-1, 1):
            pen.blob([(0, -.26), (s * .24, -.34), (s * .46, -.26), (s * .47, .29), (s * .24, .23), (0, .31)], (250, 246, 234), "flat")
            for y in np.arange(-.2, .22, .07):
                pen.line([(s * .07, y), (s * .24, y - .02), (s * .4, y)], .018, (140, 132, 122))
        pen.rect(-.008, -.26, .008, .3, (150, 140, 124))


def clock(pen, paint, adjectives):
    rng = pen.rng
    pen.oval(0, 0, .5, .5, paint, "round")
    pen.oval(0, 0, .4, .4, (248, 246, 238))
    for k in range(12):
        a = 6.283 * k / 12
        d, n = np.array((np.cos(a), np.sin(a))), np.array((-np.sin(a), np.cos(a))) * (.018 if k % 3 else .03)
        pen.poly([d * .3 + n, d * .37 + n, d * .37 - n, d * .3 - n], DARK)
    for r, w in ((.3, .03), (.2, .045)):
        a = rng.uniform(0, 6.283)
        d, n = np.array((np.cos(a), np.sin(a))), np.array((-np.sin(a), np.cos(a))) * w / 2
        pen.poly([-d * .05 + n, d * r + n * .5, d * r - n * .5, -d * .05 - n], DARK)
    pen.oval(0, 0, .035, .035, (200, 40, 40))


def apple(pen, paint, adjectives):
    pen.line([(.0, -.28), (.03, -.4), (.07, -.48)], .045, (96, 66, 40))
    pen.blob([(.05, -.36), (.2, -.47), (.32, -.42), (.2, -.33)], (70, 150, 50), "flat")
    pen.blob([(0, -.3), (.2, -.36), (.4, -.2), (.41, .08), (.26, .4), (.1, .45), (0, .41), (-.1, .45), (-.26, .4), (-.41, .08), (-.4, -.2), (-.2, -.36)], paint, "round")
    pen.oval(0, -.29, .1, .03, paint.dark(.5))


def banana(pen, paint, adjectives):
    if adjectives == ["yellow"]:
        paint.rgb = np.array((248, 214, 70), np.float32)
    pen.blob([(-.47, -.18), (-.4, -.2), (-.24, .06), (.05, .16), (.32, .06), (.46, -.16), (.5, -.1), (.42, .18), (.1, .36), (-.22, .28), (-.44, .04)], paint, "flat")
    pen.line([(-.4, -.1), (-.2, .16), (.08, .26), (.34, .14), (.46, -.08)], .02, paint.dark(.72))
    pen.poly([(-.49, -.3), (-.42, -.31), (-.39, -.17), (-.47, -.15)], (104, 84, 40))
    pen.oval(.485, -.13, .03, .04, (84, 66, 34))


def ball(pen, paint, adjectives):
    pen.oval(0, 0, .5, .5, paint, "round")
    if not {"striped", "spotted", "checkered"} & set(adjectives):
        panel = Paint(pen.rng, (246, 244, 238) if "white" not in adjectives else (60, 90, 170))
        for a in (-.95, .1, 1.15):
            c, s = np.cos(a), np.sin(a)
            w = [(.17 * np.sin(t), .49 * np.cos(t)) for t in np.linspace(0, 6.283, 24, endpoint=False)]
            if a == .1:
                pen.poly([(x * c - y * s, x * s + y * c) for x, y in w], panel, "flat")
        pen.oval(-.0, -.0, .07, .07, paint.dark(.8))
    pen.oval(-.17 * pen.c.light * -1, -.2, .07, .05, (255, 255, 255))


def cat(pen, paint, adjectives):
    rng, dark = pen.rng, paint.dark(.72)
    if adjectives == ["striped"]:
        a, b = np.array((214, 140, 70)), np.array((130, 76, 34))
        paint = Paint(rng, a, "striped", b, pen.size * .1, .2)
        dark = paint.dark(.8)
    pen.line([(.2, .42), (.4, .36), (.44, .16), (.36, .02), (.42, -.08)], .08, dark)
    pen.blob([(-.18, -.1), (.12, -.1), (.26, .18), (.28, .48), (-.28, .48), (-.27, .18)], paint, "round")
    for x in (-.15, .1):
        pen.oval(x, .45, .09, .05, paint.dark(1.1))
    for s in (-1, 1):
        pen.poly([(s * .25 - .04, -.28), (s * .24 - .04, -.5), (s * .05 - .04, -.4)], paint)
        pen.poly([(s * .2 - .04, -.34), (s * .21 - .04, -.44), (s * .1 - .04, -.38)], (236, 160, 160))
    pen.oval(-.04, -.24, .26, .2, paint, "round")
    eye = (120, 196, 70) if "black" not in adjectives else (240, 210, 60)
    for s in (-1, 1):
        pen.oval(-.04 + s * .1, -.26, .05, .055, eye)
        pen.oval(-.04 + s * .1, -.26, .018, .05, (12, 12, 14))
        for y in (-.16, -.13):
            pen.line([(-.04 + s * .06, y), (-.04 + s * .2, y - .01), (-.04 + s * .32, y + .0)], .009, (240, 240, 240) if "white" not in adjectives else (90, 90, 90))
    pen.poly([(-.075, -.19), (-.005, -.19), (-.04, -.15)], (226, 120, 130))


def cardboard_box(pen, paint, adjectives):
    if adjectives == ["brown"]:
        paint = Paint(pen.rng, np.array((184, 142, 96)) * pen.rng.uniform(.9, 1.1))
    pen.poly([(-.42, -.22), (-.22, -.42), (.5, -.42), (.3, -.22)], paint.dark(1.15), "flat")
    pen.poly([(.3, -.22), (.5, -.42), (.5, .22), (.3, .44)], paint.dark(.62), "flat")
    pen.rect(-.42, -.22, .3, .44, paint, "flat")
    tape = (226, 206, 160) if "brown" not in adjectives else (236, 224, 196)
    pen.poly([(-.11, -.22), (.09, -.42), (.17, -.42), (-.02, -.22)], tape)
    pen.rect(-.11, -.22, -.02, .02, tape)


def pumpkin(pen, paint, adjectives):
    pen.poly([(-.04, -.24), (-.02, -.46), (.1, -.47), (.06, -.24)], (92, 104, 52), "tube")
    for x, r, k in ((-.32, .18, .82), (.32, .18, .82), (-.18, .2, .95), (.18, .2, .95), (0, .18, 1.08)):
        pen.oval(x, .08, r, .36 - abs(x) * .25, paint.dark(k * .62))
        pen.oval(x, .08, r * .88, .35 - abs(x) * .25, paint.dark(k), "tube")


def _painted(pen, points, paint):
    p = np.asarray(points, np.float64)
    pen.poly(p, (250, 250, 248) if paint.rgb.min() < 215 else (40, 40, 44))
    pen.poly(p.mean(0) + (p - p.mean(0)) * .84, paint)


def circle(pen, paint, adjectives):
    _painted(pen, ellipse(0, 0, .46, .46), paint)


def square(pen, paint, adjectives):
    _painted(pen, [(-.42, -.42), (.42, -.42), (.42, .42), (-.42, .42)], paint)


def triangle(pen, paint, adjectives):
    _painted(pen, [(0, -.46), (.5, .4), (-.5, .4)], paint)


def heart(pen, paint, adjectives):
    t = np.linspace(0, 6.283, 44, endpoint=False)
    x, y = 16 * np.sin(t) ** 3, 13 * np.cos(t) - 5 * np.cos(2 * t) - 2 * np.cos(3 * t) - np.cos(4 * t)
    _painted(pen, np.stack([x, -y], 1) / 34, paint)

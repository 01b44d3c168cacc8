"""What the generator can draw: nouns, adjectives, and the noun-adjective pairs kept out of training."""

COLOURS = ["red", "orange", "yellow", "green", "blue", "purple", "pink", "brown", "black", "white", "grey"]
MATERIALS = ["wooden", "metal", "stone", "striped", "spotted", "checkered"]
ADJECTIVES = COLOURS + MATERIALS

_BRIGHT = "red orange yellow green blue purple pink"
_MOST = _BRIGHT + " black white brown"

# noun -> adjectives it may carry (none: the noun has one look only)
_TABLE = {
    "sky": "blue orange grey pink", "cloud": "white grey", "grass": "green yellow", "road": "", "water": "blue green",
    "sand": "", "snow": "", "mountain": "grey brown purple", "brick wall": "red white grey brown",
    "wall": "yellow green blue pink white grey striped spotted", "floor": "wooden checkered stone",
    "curtain": "red green blue purple yellow white striped", "fence": "wooden metal white",
    "carpet": "red blue green purple striped checkered",
    "tree": "green orange yellow", "house": "red yellow blue pink white wooden stone",
    "car": "red orange yellow green blue white black metal", "boat": "red blue green white wooden striped",
    "bird": "red yellow blue black white", "fish": "red orange yellow blue purple striped spotted",
    "flower": "red yellow blue purple pink white", "leaf": "green red orange yellow", "mushroom": "red brown white spotted",
    "sun": "", "star": "yellow red blue white", "rock": "grey brown black", "cactus": "",
    "umbrella": _BRIGHT + " striped spotted", "balloon": _BRIGHT, "butterfly": "orange yellow blue purple spotted",
    "table": "wooden metal white stone", "chair": "wooden metal red blue green white", "lamp": "red yellow green blue white",
    "cup": _MOST + " striped spotted metal", "bottle": "green brown blue red", "book": "red orange green blue purple black",
    "clock": "red blue black wooden metal", "apple": "red green yellow", "banana": "yellow green",
    "ball": _BRIGHT + " white striped spotted checkered", "cat": "orange black white grey brown striped",
    "box": "brown red blue wooden metal striped", "pumpkin": "orange green",
    "circle": _MOST, "square": _MOST, "triangle": _MOST, "heart": "red pink purple blue black",
}
NOUNS = list(_TABLE)
ALLOWED = {noun: adjectives.split() for noun, adjectives in _TABLE.items()}

# Pairs that no training scene contains; split "unseen" draws them.
HELD_OUT = [
    ("car", "green"), ("car", "metal"), ("cup", "blue"), ("cup", "spotted"), ("cup", "orange"), ("house", "blue"),
    ("house", "stone"), ("boat", "green"), ("bird", "yellow"), ("fish", "purple"), ("fish", "striped"), ("flower", "purple"),
    ("umbrella", "green"), ("umbrella", "spotted"), ("balloon", "orange"), ("butterfly", "blue"), ("table", "metal"),
    ("chair", "green"), ("lamp", "blue"), ("book", "purple"), ("ball", "pink"), ("ball", "checkered"), ("cat", "grey"),
    ("box", "metal"), ("circle", "yellow"), ("square", "green"), ("triangle", "blue"), ("heart", "purple"),
    ("curtain", "yellow"), ("wall", "green"),
]

# ranges in HSV: hue in degrees, saturation, value
HSV = {
    "red": ((-8, 8), (.75, .95), (.65, .95)), "orange": ((20, 32), (.8, 1), (.85, 1)), "yellow": ((46, 56), (.7, .95), (.88, 1)),
    "green": ((95, 145), (.55, .85), (.4, .75)), "blue": ((205, 230), (.65, .95), (.55, .95)),
    "purple": ((265, 285), (.5, .8), (.45, .75)), "pink": ((325, 345), (.3, .55), (.9, 1)),
    "brown": ((18, 30), (.5, .75), (.3, .5)), "black": ((0, 360), (0, .15), (.06, .17)),
    "white": ((0, 360), (0, .06), (.9, 1)), "grey": ((0, 360), (0, .08), (.45, .65)),
}


def phrase(noun, adjective=None):
    """The words for an instance: `red car`, or `car` without an adjective."""
    return f"{adjective} {noun}" if adjective else noun

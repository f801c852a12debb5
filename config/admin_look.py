"""The admin in the site's colours: paper and ink for surfaces, egen's rose for what one clicks."""

_SHADES = (50, 100, 200, 300, 400, 500, 600, 700, 800, 900, 950)


def _scale(hue: int, *steps: tuple[float, float]) -> dict[str, str]:
    """Tailwind's eleven shades from (lightness in %, chroma) pairs of one hue, in oklch."""
    pairs = zip(_SHADES, steps, strict=True)
    return {str(shade): f"oklch({lightness}% {chroma} {hue})" for shade, (lightness, chroma) in pairs}


COLORS = {
    "base": _scale(
        60,
        (98.5, 0.008),
        (96.5, 0.012),
        (92.5, 0.016),
        (87, 0.018),
        (70.5, 0.022),
        (55, 0.025),
        (44.5, 0.025),
        (37, 0.022),
        (28, 0.018),
        (22, 0.014),
        (15, 0.01),
    ),
    "primary": _scale(
        10,
        (97.5, 0.014),
        (94.5, 0.03),
        (89.5, 0.06),
        (81.5, 0.11),
        (71.5, 0.16),
        (62.5, 0.19),
        (54.5, 0.19),
        (48, 0.17),
        (41, 0.14),
        (36, 0.11),
        (27, 0.08),
    ),
}

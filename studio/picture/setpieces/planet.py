"""The rim of a planet under stars: space."""

from __future__ import annotations

import numpy as np

from studio.picture.colour import mix
from studio.picture.ground import Light
from studio.picture.setpieces.site import Array, Scenery, Site, Skin

_RADIUS_U = 1500


def build(site: Site) -> Scenery:
    """A great curve with a lit rim."""
    palette, unit = site.palette, site.unit
    site.scatter_stars()
    radius = max(_RADIUS_U * unit, site.width * 0.9)

    def curve(x: Array) -> Array:
        from_middle = x - site.width / 2
        return np.asarray(20 * unit + radius - np.sqrt(np.maximum(radius * radius - from_middle**2, 1)))

    colour = mix(palette.deep[0], palette.glow, 0.55) if site.ground == "deep" else site.far
    rim = mix(palette.hi2, "#ffffff", 0.4)
    site.lay(
        40 * unit, site.to_the_ground, curve, colour, skin=Skin(rim=rim), crest=max(190, site.grid.width * 0.18 / unit)
    )
    horizon = site.horizon_y / site.grid.height
    site.scenery.lights[0] = Light(0.5, horizon + 0.05, 0.75, palette.glow, palette.light(0.7))
    return site.scenery

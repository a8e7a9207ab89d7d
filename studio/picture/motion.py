"""How things arrive: curves from 0 to 1 over seconds."""

from __future__ import annotations

import math


def expo(t: float, duration: float = 0.55) -> float:
    """Ease-out-expo: fast away, long landing. Exactly 0 before and 1 after."""
    if t <= 0:
        return 0.0
    if t >= duration:
        return 1.0
    return float((1 - 2 ** (-10 * t / duration)) / (1 - 2**-10))


def spring(t: float, duration: float = 0.5, *, bounce: float = 0.22) -> float:
    """
    A damped spring that settles at 1 after about *duration* and overshoots by *bounce*.

    Source: the duration and bounce parameters of Apple's SwiftUI springs (damping ratio 1 - bounce).
    """
    if t <= 0:
        return 0.0
    damping = 1 - bounce
    omega = 2 * math.pi / duration
    swing = omega * math.sqrt(1 - damping * damping)
    decay = math.exp(-damping * omega * t)
    return 1 - decay * (math.cos(swing * t) + damping * omega / swing * math.sin(swing * t))


def smooth(t: float, duration: float) -> float:
    """Smoothstep: slow at both ends."""
    share = min(1.0, max(0.0, t / duration))
    return share * share * (3 - 2 * share)


def ramp(t: float, rate: float) -> float:
    """Straight up from 0 to 1 at *rate* a second."""
    return min(1.0, max(0.0, t * rate))

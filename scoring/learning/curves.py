"""Calibration curves as plain numbers: from a raw probability to how often people then say so."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

ISOTONIC_FROM: Final = 200  # positives; below that a free curve follows the noise
_EDGE: Final = 1e-4

Numbers = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Curve:
    """A monotone curve: `sigmoid` over the raw logit with slope and offset, or `isotonic` through points."""

    kind: str
    x: tuple[float, ...]
    y: tuple[float, ...]

    def __call__(self, raw: Numbers) -> Numbers:
        """The calibrated probabilities of raw ones."""
        if self.kind == "isotonic":
            return np.interp(raw, self.x, self.y)
        slope, offset = self.x[0], self.y[0]
        return 1.0 / (1.0 + np.exp(-(slope * logit(raw) + offset)))

    def to_json(self) -> dict[str, Any]:
        return {"kind": self.kind, "x": list(self.x), "y": list(self.y)}


STRAIGHT = Curve("sigmoid", (1.0,), (0.0,))


def read_curve(data: dict[str, Any]) -> Curve:
    """A curve from its JSON form."""
    return Curve(str(data["kind"]), tuple(map(float, data["x"])), tuple(map(float, data["y"])))


def fit_curve(raw: Numbers, truth: NDArray[np.bool_]) -> Curve:
    """The curve from held-out raw probabilities to the truth: isotonic from 200 positives on, else sigmoid (Platt).

    Straight where one of the two sides is missing.
    """
    positives = int(truth.sum())
    if positives == 0 or positives == len(truth):
        return STRAIGHT
    if min(positives, len(truth) - positives) >= ISOTONIC_FROM:
        from sklearn.isotonic import IsotonicRegression

        fitted = IsotonicRegression(y_min=_EDGE, y_max=1 - _EDGE, out_of_bounds="clip").fit(raw, truth.astype(float))
        return Curve("isotonic", tuple(map(float, fitted.X_thresholds_)), tuple(map(float, fitted.y_thresholds_)))
    from sklearn.linear_model import LogisticRegression

    # A slope fitted on few calls may turn round; a lightly held one stays near 1.
    fitted = LogisticRegression(C=1.0).fit(logit(raw).reshape(-1, 1), truth)
    slope = float(fitted.coef_[0, 0])
    return Curve("sigmoid", (slope,), (float(fitted.intercept_[0]),)) if slope > 0 else STRAIGHT


def logit(probability: Numbers) -> Numbers:
    """The log-odds, kept within about +-9."""
    held = np.clip(probability, _EDGE, 1 - _EDGE)
    logs: Numbers = np.log(held / (1 - held))
    return logs

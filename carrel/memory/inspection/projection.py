"""Project vectors onto the plane in which they differ most. Pure."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from carrel.protocols import Vectors

Points = NDArray[np.float64]


class Projection(NamedTuple):
    """Vectors as points of a plane."""

    points: Points
    """Shape (vectors, 2), each coordinate from -1 to 1."""
    explained: tuple[float, float]
    """The share of the variance that lies along each axis."""


def project(matrix: Vectors) -> Projection:
    """Project vectors, shape (vectors, dimension), onto their first two principal components.

    Both axes have the same scale. The sign of an axis is chosen so that its largest component is positive; the same
    vectors always give the same points.
    """
    if not len(matrix):
        return Projection(np.zeros((0, 2)), (0.0, 0.0))
    centred = matrix.astype(np.float64) - matrix.mean(axis=0, dtype=np.float64)
    values, components = np.linalg.eigh(centred.T @ centred)
    axes = components[:, ::-1][:, :2]
    axes = axes * np.sign(axes[np.abs(axes).argmax(axis=0), range(axes.shape[1])])
    points = np.zeros((len(matrix), 2))
    points[:, : axes.shape[1]] = centred @ axes
    largest = float(np.abs(points).max())
    if largest < 1e-9:  # all vectors are the same, but for rounding
        return Projection(np.zeros_like(points), (0.0, 0.0))
    shares = np.clip(values[::-1] / values.sum(), 0.0, 1.0)
    return Projection(points / largest, (float(shares[0]), float(shares[1]) if len(shares) > 1 else 0.0))

"""The plane in which vectors differ most."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from carrel.memory.inspection.projection import project

ROWS = arrays(np.float32, st.tuples(st.integers(0, 9), st.integers(1, 6)), elements=st.floats(-1, 1, width=32))


@given(ROWS)
def test_points_stay_in_the_square(matrix: np.ndarray) -> None:
    """One point a vector, finite, within -1 to 1, the same every time; equal vectors lie on the same place."""
    found = project(matrix)
    assert found.points.shape == (len(matrix), 2)
    assert np.isfinite(found.points).all()
    assert np.abs(found.points).max(initial=0) <= 1 + 1e-9
    assert 0 <= sum(found.explained) <= 1 + 1e-6
    assert (project(matrix).points == found.points).all()
    doubled = project(np.concatenate([matrix, matrix])).points
    assert doubled[: len(matrix)] == pytest.approx(doubled[len(matrix) :], abs=1e-6)


def test_distances_in_a_plane_are_kept() -> None:
    """Vectors that lie in a plane are as far from each other on the map as in space, but for the scale."""
    flat = np.random.default_rng(3).normal(size=(20, 2))
    axes = np.linalg.qr(np.random.default_rng(4).normal(size=(9, 2)))[0]
    found = project((flat @ axes.T).astype(np.float32))
    before = np.linalg.norm(flat[:, None] - flat[None], axis=-1)
    after = np.linalg.norm(found.points[:, None] - found.points[None], axis=-1)
    assert after * before.max() == pytest.approx(before * after.max(), abs=1e-4)
    assert sum(found.explained) == pytest.approx(1)
    assert found.explained[0] >= found.explained[1]


def test_nothing_and_equal_vectors() -> None:
    """Neither has a direction."""
    for matrix in (np.zeros((0, 4), np.float32), np.ones((3, 4), np.float32), np.ones((1, 1), np.float32)):
        assert project(matrix).explained == (0.0, 0.0)
        assert not project(matrix).points.any()

"""The source ``ideal-points``: published ideal points of states."""

"""The topology from frames to figures, and its runtimes. Imports `wuguan` only; holds no rule."""

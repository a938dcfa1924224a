"""The demo: a synthetic population and the facts of three kecamatan. No real person is in it."""

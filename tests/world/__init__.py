"""The world of the tests: dull, synthetic, the same every time."""

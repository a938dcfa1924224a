"""Periods and publications in the graph."""

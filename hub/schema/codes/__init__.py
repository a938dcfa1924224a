"""The vocabularies of the graph as data."""

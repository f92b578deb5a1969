"""Expectation and maximisation: the layout of a model, compiled kernels, and their numpy twin."""

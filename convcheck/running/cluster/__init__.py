"""Checks on a Dask cluster that is there already: Dask sends them about, and again where a worker is gone."""

"""A made-up organisation and its mail: a seeded, believable data set for demonstrations, tests and benchmarks.

``generate`` writes a folder of Parquet files in Microsoft's columns with a manifest of what is in it; ``top_up``
carries an existing folder on to a later moment. Names end in ``.example``; addresses are from the documentation
ranges.
"""

from dashapp.demo.generator import generate, top_up

__all__ = ["generate", "top_up"]

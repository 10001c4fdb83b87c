"""The generator of true-looking mail threat data, with a manifest of planted truths."""

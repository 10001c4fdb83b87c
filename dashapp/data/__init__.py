"""The lake, the engine, and every question asked of them. Ibis in, pandas out."""

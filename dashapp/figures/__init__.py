"""Frames in, Plotly figures out; nothing here knows where a frame came from."""

"""From foreign files to the lake: readers, normalising, enrichment, publishing."""

"""What ``make setup`` runs once: builds the files that are not committed."""

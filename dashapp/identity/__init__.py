"""Who may do what: users, roles, permissions, sessions, and the Flask side of them."""

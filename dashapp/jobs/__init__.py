"""What runs in the background. What is to be done stands in the database; the queue only says that it is time."""

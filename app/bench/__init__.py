"""`wangge bench`: how near the application comes to what its database can do."""

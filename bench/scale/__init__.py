"""`make simulate`: the real services over a table that counts what DynamoDB would charge."""

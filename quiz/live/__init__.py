"""How many take the tests and what comes out, live: counted in Redis, put right from the database."""
